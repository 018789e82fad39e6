// Packs the built packages as they would be published: `npm run pack` into the folder `packed`, tests into their own.
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, readdirSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The tarball of each package in a folder, with the package's own folder and manifest. */
export const pack = (folder) => {
  mkdirSync(folder, { recursive: true })
  return readdirSync(join(root, "packages")).map((directory) => {
    const cwd = join(root, "packages", directory)
    const manifest = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"))
    const packed = execFileSync("npm", ["pack", "--json", "--foreground-scripts=false", "--pack-destination", folder], {
      cwd,
      encoding: "utf8"
    })
    const parsed = JSON.parse(packed)
    // npm answers with a list, newer ones with a record by package name.
    const { filename } = Array.isArray(parsed) ? parsed[0] : parsed[manifest.name]
    return { cwd, manifest, tarball: join(folder, filename) }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { tarball } of pack(join(root, "packed"))) console.log(relative(process.cwd(), tarball))
}
