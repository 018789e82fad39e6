/**
 * `node --import` this: whoever imports PGlite gets `pglite.ts`. Its code is compiled once and never optimized, since
 * that takes longer than it saves.
 */
import { registerHooks } from "node:module"
import { setFlagsFromString } from "node:v8"

for (const flag of ["--liftoff", "--no-wasm-tier-up", "--no-wasm-dynamic-tiering"]) setFlagsFromString(flag)

const { href } = new URL("pglite.ts", import.meta.url)

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@electric-sql/pglite" && context.parentURL !== href
      ? { url: href, format: "module-typescript", shortCircuit: true }
      : next(specifier, context)
})
