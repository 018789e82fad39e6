/**
 * Opens a folder of PGlite's, and says whether it could; with `hold` it keeps the folder until it is killed.
 */
import { Pglite } from "@popug/postgres/pglite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const [folder, hold] = process.argv.slice(2)
const say = (words: string) => Effect.sync(() => void process.stdout.write(`${words}\n`))
await Layer.build(Pglite.layerClient({ folder: folder! })).pipe(
  Effect.tap(say("opened")),
  Effect.tap(hold === "hold" ? Effect.never : Effect.void),
  Effect.catch((error) => say(error.message)),
  Effect.scoped,
  Effect.runPromise
)
