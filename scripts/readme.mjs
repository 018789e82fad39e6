// npm runs it before and after it packs a package (`prepack`, `postpack`): links of its README that lead out of the
// package become addresses of the repository, and are put back. Without a `repository` in the root's package.json
// nothing can be published.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const [act] = process.argv.slice(2)
const readme = resolve("README.md")
const kept = resolve(".README.md.kept")

/**
 * Where the repository's files are read, such as https://example.org/popug/blob/main; undefined while it has no home.
 */
const home = () => {
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const url = typeof repository === "string" ? repository : repository?.url
  return url === undefined ? undefined : `${url.replace(/^git\+/u, "").replace(/\.git$/u, "")}/blob/main`
}

/** A README whose links out of its folder are absolute. */
export const published = (text, file, base) =>
  text.replaceAll(/\]\((\.\.\/[^)#\s]*)(#[^)\s]*)?\)/gu, (_, path, anchor = "") => {
    const target = relative(root, resolve(dirname(file), path)).replaceAll("\\", "/")
    return `](${base}/${target}${anchor})`
  })

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (act === "restore") {
    if (existsSync(kept)) renameSync(kept, readme)
  } else {
    const base = home()
    if (base === undefined && process.env.npm_command === "publish") {
      console.error('set "repository" in the package.json of the root first: links and npm\'s page lead there')
      process.exit(1)
    }
    if (base !== undefined) {
      const text = readFileSync(readme, "utf8")
      writeFileSync(kept, text)
      writeFileSync(readme, published(text, readme, base))
    }
  }
}
