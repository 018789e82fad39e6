// Checks the built packages as their users get them: publint and attw on what `npm pack` makes, every export loads, and
// a page carries no more of them than of the sources.
import { spawnSync } from "node:child_process"
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
// By its library: attw's command reads a compiler anew for each package.
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { pages, weigh } from "../packages/http/scripts/weigh.ts"
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

/** What was one module must not have become part of a larger one, which a page has to take whole. */
const checkPage = async (page) => {
  const sources = (await weigh(page)).gzipped
  const built = (await weigh(page, "built")).gzipped
  if (built > sources * 1.05) fail(`a page with ${page}: ${built} bytes gzipped, ${sources} of the sources`)
}

/** The page goes out ready made, in each form that is sent, with licences, and nothing of the machine it is from. */
const checkBuilt = (name, tarball) => {
  const folder = join(temporary, "unpacked")
  mkdirSync(folder, { recursive: true })
  check(name, "tar", ["-xzf", tarball, "-C", folder], temporary)
  const files = globSync("package/**/*.*", { cwd: folder }).map((file) => file.replaceAll("\\", "/"))
  const lacks = (file) => !files.includes(`package/built/${file}`)
  const assets = files.flatMap((file) => /^package\/built\/(assets\/.+\.(?:js|css))$/u.exec(file)?.[1] ?? [])
  const forms = assets.flatMap((file) => [`${file}.br`, `${file}.gz`])
  const missing = ["index.html", "third-party-licenses.md", ...forms].filter(lacks)
  if (assets.length === 0 || missing.length > 0) fail(`${name}: the page is not whole: ${missing.join(", ")}`)
  const extra = files.filter((file) => /^package\/(?:src\/page|built\/.*\.map)/u.test(file))
  if (extra.length > 0) fail(`${name}: not for publishing: ${extra.join(", ")}`)
  const root = fileURLToPath(new URL("..", import.meta.url))
  const named = files.filter((file) => readFileSync(join(folder, file)).includes(root))
  if (named.length > 0) fail(`${name}: the path of this checkout is in ${named.join(", ")}`)
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
    if (manifest.files.includes("built")) checkBuilt(manifest.name, tarball)
    const imports = Object.keys(manifest.exports)
      .filter((subpath) => subpath !== "./package.json")
      .map((subpath) => `await import("${manifest.name + subpath.slice(1)}")`)
    check(manifest.name, "node", ["--input-type=module", "-e", imports.join("\n")], cwd)
  }
  for (const page of Object.keys(pages)) await checkPage(page)
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
