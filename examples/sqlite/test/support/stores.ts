import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { instances } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Sqlite from "../../src/Sqlite.ts"

/** An empty store, which is gone with its layer. */
export const one = Sqlite.layer({ file: ":memory:" })

/** A new file, and where it is. Nothing of it has to outlive the power. */
export const newFile = () => join(mkdtempSync(join(tmpdir(), "popug-sqlite-")), "company.db")

/** Two connections to one file, as two processes have them. */
export const two = instances(() => {
  const file = newFile()
  const remove = Effect.sync(() => rmSync(join(file, ".."), { recursive: true, force: true }))
  return Sqlite.layer({ file, synchronous: "off" }).pipe(
    Layer.provideMerge(Layer.effectDiscard(Effect.addFinalizer(() => remove)))
  )
})
