// Checks the built packages as their users get them: publint and attw on what `npm pack` makes, and every export loads.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack } from "./tarballs.mjs"

const temporary = mkdtempSync(join(tmpdir(), "popug-packages-"))
let failed = false

const check = (name, command, args, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (status === 0) return
  failed = true
  console.error(`${name}: ${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}${error ?? ""}`)
}

try {
  for (const { cwd, manifest, tarball } of pack(temporary)) {
    check(manifest.name, "publint", ["--strict", tarball], cwd)
    check(manifest.name, "attw", [tarball, "--profile", "esm-only", "--no-emoji"], cwd)
    for (const subpath of Object.keys(manifest.exports)) {
      if (subpath === "./package.json") continue
      const specifier = manifest.name + subpath.slice(1)
      check(manifest.name, "node", ["--input-type=module", "-e", `await import("${specifier}")`], cwd)
    }
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
