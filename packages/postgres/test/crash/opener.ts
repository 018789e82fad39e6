/**
 * Opens a folder of PGlite's, and says whether it could.
 */
import { Pglite } from "@popug/postgres/pglite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const said = await Layer.build(Pglite.layerClient({ folder: process.argv[2]! })).pipe(
  Effect.as("opened"),
  Effect.catch((error) => Effect.succeed(error.message)),
  Effect.scoped,
  Effect.runPromise
)
process.stdout.write(`${said}\n`)
