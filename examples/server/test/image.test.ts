/**
 * What can be seen of the image without a container engine: that it is made of all that the server needs.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { read } from "../src/read.ts"
import { root } from "./support/server.ts"

const text = (file: string): string => readFileSync(join(root, file), "utf8")
const dockerfile = text("examples/server/Dockerfile")
const stages = dockerfile.split(/^(?=FROM )/m).slice(1)

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}
const manifest = (file: string): Manifest => JSON.parse(text(file))

/** The workspace's packages that one needs, and those that they need. */
const needed = (folder: string): ReadonlySet<string> => {
  const all = new Set<string>()
  const add = (of: string) => {
    if (all.has(of)) return
    all.add(of)
    for (const name of Object.keys(manifest(`${of}/package.json`).dependencies ?? {})) {
      if (name.startsWith("@popug/")) add(`packages/${name.slice("@popug/".length)}`)
    }
  }
  add(folder)
  return all
}

describe("the image", () => {
  it.each(["examples/server", "packages/dashboard"])("installs for %s what it needs, and nothing else", (folder) => {
    const { name } = manifest(`${folder}/package.json`)
    const [stage] = stages.filter((text) => new RegExp(`^RUN npm ci .* --workspace ${name}$`, "m").test(text))
    const copied = [...stage!.matchAll(/^COPY (\S+)\/package\.json \1\/$/gm)].map(([, folder]) => folder!)
    expect(copied.sort()).toEqual([...needed(folder)].sort())
  })

  it("has the page, built by a stage of its own", () => {
    expect(stages[0]).toMatch(/^RUN node packages\/dashboard\/build\/page\.ts$/m)
    expect(stages.at(-1)).toContain("COPY --from=page /app/packages/dashboard/built ./packages/dashboard/built\n")
  })

  it("is let have their sources, and nothing that configures a developer's machine", () => {
    expect(
      text(".dockerignore")
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
    ).toEqual([
      "*",
      "!package.json",
      "!package-lock.json",
      "!packages/*/package.json",
      "!packages/*/src",
      "!packages/dashboard/build",
      "!packages/dashboard/vite.config.ts",
      "!examples/server/package.json",
      "!examples/server/src",
      "!examples/services/package.json",
      "!examples/services/src"
    ])
  })

  it("runs on the Node of the workspace, without rights, and takes signals itself", () => {
    const major = (JSON.parse(text("package.json")).devDependencies.node as string).split(".")[0]
    expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual(
      Array.from({ length: 3 }, () => `node:${major}-slim`)
    )
    expect(dockerfile).toMatch(/^USER node$/m)
    const [, command] = /^CMD (\[.*\])$/m.exec(dockerfile)!
    expect(JSON.parse(command!)).toEqual([
      "node",
      expect.any(String),
      expect.any(String),
      expect.any(String),
      "examples/server/src/main.ts"
    ])
  })

  it("is given settings by compose that the server knows", () => {
    const lines = text("examples/server/compose.yaml").split("\n")
    const names = lines.flatMap((line) => /^ {6}((?:POPUG_|DATABASE_)[A-Z_]+): /.exec(line)?.[1] ?? [])
    expect(names).toContain("POPUG_OIDC_ISSUER")
    const problems = read(Object.fromEntries(names.map((name) => [name, "?"])))
    expect(JSON.stringify(problems)).not.toContain("there is no such setting")
  })
})
