// After `changeset version`: writes the new version where the server has it as a constant.
import { readFileSync, writeFileSync } from "node:fs"

const at = (path) => new URL(`../packages/http/${path}`, import.meta.url)
const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"))
const file = at("src/server/version.ts")
writeFileSync(file, readFileSync(file, "utf8").replace(/version = "[^"]*"/u, `version = "${version}"`))
