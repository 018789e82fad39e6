import { globSync } from "node:fs"
import { defineConfig } from "tsup"

/**
 * How each package is built: every source is an entry, so that each stays a module of its own. A bundler leaves out
 * modules that a page does not use, but not what stands in one file with those that it does. Declarations come from tsc
 * (tsconfig.build.json), because TypeScript 7 has no API that tsup could call.
 */
export const buildPackage = (directory: string, sources = "src/**/*.ts") => {
  const entry = Object.fromEntries(
    globSync(sources, { cwd: directory }).map((file) => [file.replace(/^src\/|\.ts$/gu, ""), file])
  )
  return defineConfig({
    entry,
    format: ["esm"],
    target: "es2023",
    dts: false,
    splitting: true,
    sourcemap: true,
    clean: true,
    removeNodeProtocol: false,
    silent: true
  })
}
