/**
 * The secret of an embedded company: made once, and kept beside its data for its owner's eyes alone.
 */
import { randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"

/** The secret in a folder; made if there is none. */
export const ofFolder = (folder: string): Effect.Effect<string> =>
  Effect.sync(() => {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, "secret")
    try {
      // `wx`: of two that start at once, one makes it and both read it.
      writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    }
    return readFileSync(file, "utf8").trim()
  })
