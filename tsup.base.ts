import { readFileSync } from "node:fs"
import { defineConfig } from "tsup"

/**
 * How each package is built: every subpath of its `exports` that has a source is an entry. Declarations come from tsc
 * (tsconfig.build.json), because TypeScript 7 has no API that tsup could call.
 */
export const buildPackage = (directory: string) => {
  const manifest = JSON.parse(readFileSync(`${directory}/package.json`, "utf8")) as {
    exports: Record<string, string | { "@popug/source": string; default: string }>
  }
  const entry: Record<string, string> = {}
  for (const target of Object.values(manifest.exports)) {
    if (typeof target === "string") continue
    entry[target.default.replace(/^\.\/dist\/|\.js$/g, "")] = target["@popug/source"]
  }
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
