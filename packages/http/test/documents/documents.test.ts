/** The documents that a server serves by itself, with no internet. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Api, DevelopmentApi } from "../../src/api/Api.ts"
import { HostApi } from "../../src/api/HostApi.ts"
import { openapi } from "../../src/api/openapi/documented.ts"
import * as Server from "../support/server.ts"

interface Problem {
  readonly properties?: Readonly<
    Partial<Record<"type" | "status" | "title", { readonly enum?: ReadonlyArray<unknown> }>>
  >
}

const server = Server.layerPopug()

/** An HTML page without the text of its scripts, and the attributes of the scripts. */
const parts = (html: string) => {
  const scripts: Array<string> = []
  const rest = html.replaceAll(/<script\b([^>]*)>[\s\S]*?<\/script\s*>/giu, (_, attributes: string) => {
    scripts.push(attributes)
    return ""
  })
  return { rest, scripts }
}

it.effect("the page of the docs loads nothing from anywhere", () =>
  Effect.gen(function* () {
    const { headers, status, text } = yield* Server.request("GET", "/docs")
    assert.strictEqual(status, 200)
    assert.match(headers.get("content-type")!, /^text\/html/u)
    const { rest, scripts } = parts(text)
    assert.strictEqual(scripts.length, 2)
    for (const attributes of scripts) assert.notMatch(attributes, /src/iu)
    assert.notMatch(rest, /<(link|iframe|img|object|embed|base|video|audio|source|form|style)\b/iu)
    assert.notMatch(rest, /(src|href|srcset|action|data|background|poster)\s*=/iu)
    assert.notMatch(rest, /\/\/|url\(|@import/iu)
  }).pipe(Effect.provide(server))
)

it.effect("the picture that browsers ask for is there, and may be kept", () =>
  Effect.gen(function* () {
    const { headers, status, text } = yield* Server.request("GET", "/favicon.ico")
    assert.strictEqual(status, 200)
    assert.strictEqual(headers.get("content-type"), "image/svg+xml")
    assert.strictEqual(headers.get("cache-control"), "max-age=86400")
    assert.match(text, /^<svg /u)
    assert.strictEqual((yield* Server.request("POST", "/favicon.ico")).status, 405)
  }).pipe(Effect.provide(server))
)

it.effect("its policy lets it run its own script, and reach nobody else", () =>
  Effect.gen(function* () {
    const { headers, text } = yield* Server.request("GET", "/docs")
    const policy = new Map(
      headers
        .get("content-security-policy")!
        .split(";")
        .map((directive) => directive.trim().split(/\s+/u))
        .map(([name, ...sources]) => [name!, sources])
    )
    assert.deepStrictEqual(policy.get("default-src"), ["'none'"])
    assert.include(policy.get("script-src")!, "'unsafe-inline'")
    assert.include(policy.get("style-src")!, "'unsafe-inline'")
    assert.deepStrictEqual(policy.get("connect-src"), ["'self'"])
    const own = /^('none'|'self'|'unsafe-inline'|data:|blob:)$/u
    for (const [name, sources] of policy) for (const source of sources) assert.match(source, own, name)
    // Scalar's own fonts come from elsewhere.
    assert.include(text, `"withDefaultFonts":false`)
  }).pipe(Effect.provide(server))
)

it.effect("the address alone leads to the docs, and the document is the contract", () =>
  Effect.gen(function* () {
    const front = yield* Server.request("GET", "/", { redirect: "manual" })
    assert.deepStrictEqual([front.status, front.headers.get("location")], [302, "/docs"])
    const { headers, json } = yield* Server.request("GET", "/openapi.json")
    assert.match(headers.get("content-type")!, /^application\/json/u)
    assert.deepStrictEqual(json, JSON.parse(JSON.stringify(openapi(Api))))
  }).pipe(Effect.provide(server))
)

describe("docs/reference/http.md", () => {
  const page = readFileSync(new URL("../../../../docs/reference/http.md", import.meta.url), "utf8")

  it("lists every problem with its type and status", () => {
    const listed = [...page.matchAll(/^\| `urn:popug:problem:([a-z-]+)` \| (\d{3}) \| (.+?) \| (.+?) \|$/gmu)]
    const schemas = [DevelopmentApi, HostApi].flatMap((api) =>
      Object.values(openapi(api as typeof DevelopmentApi).components.schemas as Record<string, Problem>)
    )
    const all = schemas.flatMap(({ properties }) => {
      const [type = "", status, title] = [properties?.type, properties?.status, properties?.title].map(
        (schema) => schema?.enum?.[0]
      )
      return String(type).startsWith("urn:popug:problem:") ? [`${type} ${status} ${title}`] : []
    })
    const known = [...new Set(all)]
    assert.isAbove(known.length, 30)
    assert.deepStrictEqual(
      listed.map(([, name, status, title]) => `urn:popug:problem:${name} ${status} ${title}`).toSorted(),
      known.toSorted()
    )
    const statuses = listed.map(([, , status]) => Number(status))
    assert.deepStrictEqual(
      statuses,
      statuses.toSorted((one, other) => one - other)
    )
  })
})
