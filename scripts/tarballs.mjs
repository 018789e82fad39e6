// Packs the built packages as they would be published: `npm run pack` into the folder `packed`, tests into their own.
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, readdirSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The tarball of each package in a folder, with the package's own folder and manifest. */
export const pack = (folder) => {
  mkdirSync(folder, { recursive: true })
  const directories = readdirSync(join(root, "packages")).map((name) => `./packages/${name}`)
  const packed = execFileSync(
    "npm",
    ["pack", "--json", "--foreground-scripts=false", "--pack-destination", folder, ...directories],
    { cwd: root, encoding: "utf8" }
  )
  // npm answers with a list, newer ones with a record by package name.
  const tarballs = Object.values(JSON.parse(packed))
  return directories.map((directory) => {
    const cwd = join(root, directory)
    const manifest = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"))
    const { filename } = tarballs.find(({ name }) => name === manifest.name)
    return { cwd, manifest, tarball: join(folder, filename) }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { tarball } of pack(join(root, "packed"))) console.log(relative(process.cwd(), tarball))
}
