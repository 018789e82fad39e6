// Checks the built packages as their users get them: publint and attw on what `npm pack` makes, and every export loads.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
// By its library: attw's command reads a compiler anew for each package.
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { pack } from "./tarballs.mjs"

const temporary = mkdtempSync(join(tmpdir(), "popug-packages-"))
let failed = false
const fail = (message) => {
  failed = true
  console.error(message)
}

const check = (name, command, args, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (status !== 0) fail(`${name}: ${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}${error ?? ""}`)
}

/** How nobody resolves packages that are modules alone. */
const ignored = ["node10", "node16-cjs"]

const checkTypes = async (name, tarball) => {
  const { problems = [], types } = await checkPackage(createPackageFromTarballData(readFileSync(tarball)))
  if (types === false) fail(`${name}: attw finds no types`)
  for (const problem of problems) {
    if (!ignored.includes(problem.resolutionKind)) fail(`${name}: attw finds ${JSON.stringify(problem)}`)
  }
}

try {
  for (const { cwd, manifest, tarball } of pack(temporary)) {
    check(manifest.name, "publint", ["--strict", tarball], cwd)
    await checkTypes(manifest.name, tarball)
    const imports = Object.keys(manifest.exports)
      .filter((subpath) => subpath !== "./package.json")
      .map((subpath) => `await import("${manifest.name + subpath.slice(1)}")`)
    check(manifest.name, "node", ["--input-type=module", "-e", imports.join("\n")], cwd)
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
