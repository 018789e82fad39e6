/**
 * What can be seen of the image and the compose file without a container engine: that they are made of all that the
 * processes need.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { read } from "../src/settings.ts"
import { root } from "./support/outside.ts"

const text = (file: string): string => readFileSync(join(root, file), "utf8")
const dockerfile = text("examples/services/Dockerfile")
const compose = text("examples/services/compose.yaml")

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}
const manifest = (folder: string): Manifest => JSON.parse(text(`${folder}/package.json`))
const folderOf = (name: string) =>
  name.startsWith("@popug-examples/") ? `examples/${name.split("/")[1]}` : `packages/${name.split("/")[1]}`

/** The workspace's packages that one needs, and those that they need. */
const needed = (folder: string): ReadonlySet<string> => {
  const all = new Set<string>()
  const add = (of: string) => {
    if (all.has(of)) return
    all.add(of)
    for (const name of Object.keys(manifest(of).dependencies ?? {})) {
      if (/^@popug(-examples)?\//u.test(name)) add(folderOf(name))
    }
  }
  add(folder)
  return all
}

/** The variables of a service of the compose file, the anchors that it names put in, with words for what is given. */
const environmentOf = (service: string): Record<string, string> => {
  const block = (start: RegExp) => compose.split(start)[1]!.split(/\n(?=\S)|\n {2}(?=\S)/u)[0]!
  const lines = (from: string): ReadonlyArray<readonly [string, string]> =>
    [...from.matchAll(/^ +(<<|[A-Z_]+): (.+)$/gmu)].flatMap(([, name, value]) => {
      if (name !== "<<") return [[name!, value!] as const]
      const anchor = value!.slice(1)
      return anchor === "service" ? [] : lines(compose.split(`&${anchor}\n`)[1]!.split(/\n(?=\S)/u)[0]!)
    })
  const given = {
    POPUG_OIDC_ISSUER: "https://id.example",
    POPUG_OIDC_AUDIENCE: "popug",
    POPUG_SECRET: "s".repeat(32),
    POPUG_ADMIN: "nina",
    POPUG_DB_PASSWORD: "password"
  } as Record<string, string>
  const filled = (value: string) =>
    value.replaceAll(/\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)\}/gu, (_, name: string, fallback?: string) =>
      name.startsWith("POPUG_KEY_") ? name.toLowerCase().padEnd(32, "-") : (given[name] ?? fallback ?? "")
    )
  return Object.fromEntries(
    lines(block(new RegExp(`\\n {2}${service}:\\n`, "u"))).map(([name, value]) => [name, filled(value)])
  )
}

describe("the image", () => {
  it("installs what the services need, and nothing else", () => {
    const stage = dockerfile.split(/^(?=FROM )/m).find((part) => part.includes("--workspace @popug-examples/services"))!
    const copied = [...stage.matchAll(/^COPY (\S+)\/package\.json \1\/$/gm)].map(([, folder]) => folder!)
    expect(copied.sort()).toEqual([...needed("examples/services")].sort())
  })

  it("runs one process, without rights, which takes signals itself", () => {
    expect(dockerfile).toMatch(/^USER node$/m)
    const [, command] = /^CMD (\[.*\])$/m.exec(dockerfile)!
    expect(JSON.parse(command!).at(-1)).toBe("examples/services/src/main.ts")
  })
})

describe("the compose file", () => {
  it.each(["front", "users", "tasks", "billing", "reports"])("gives %s settings that it can start with", (service) => {
    const environment = environmentOf(service)
    expect(environment["POPUG_SERVICE"]).toBe(service)
    expect(Result.isFailure(read(environment)) ? read(environment) : "fine").toBe("fine")
  })

  it("gives whoever is asked the keys of all who ask it", () => {
    const keyOf = (service: string) => environmentOf(service)["POPUG_KEY"]!
    const known = (service: string) => environmentOf(service)["POPUG_KEYS"]!.split(",")
    expect(known("users")).toEqual(["tasks", "billing", "reports"].map((name) => `${name}=${keyOf(name)}`))
    expect(known("tasks")).toEqual([`billing=${keyOf("billing")}`])
    expect(known("billing")).toEqual(["tasks", "reports"].map((name) => `${name}=${keyOf(name)}`))
  })

  it("makes a database for each context", () => {
    for (const context of ["users", "tasks", "billing", "reports"]) {
      expect(compose).toContain(`create database ${context};`)
      expect(environmentOf(context)["DATABASE_URL"]).toMatch(new RegExp(`/${context}$`, "u"))
    }
  })
})
