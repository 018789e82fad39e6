/** docs/reference/http-access.md, "By company", against a server of many: every endpoint, over the wire. */
import { assert, it } from "@effect/vitest"
import { EventLog } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as OpenApi from "effect/http-api/OpenApi"
import * as Layer from "effect/Layer"
import * as Jose from "jose"
import { Api } from "../../src/api/Api.ts"
import { HostApi } from "../../src/api/HostApi.ts"
import { openapi } from "../../src/api/openapi/documented.ts"
import { Issuer } from "../support/issuer.ts"
import * as Many from "../support/many.ts"
import { type Answer, request, type RequestOptions } from "../support/server.ts"
import { table } from "../support/tables.ts"

const rows = table("docs/reference/http-access.md", "By company")
const byToken = rows.filter((row) => "the token" in row && row["to a company"]!.startsWith("that"))
const platform = rows.filter((row) => /^(POST|GET) \//u.test(row["the token"]!))

const endpointsOf = (paths: OpenApi.OpenAPISpec["paths"]) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OpenApi.OpenAPISpecOperation>).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      secured: security.length > 0
    }))
  )
const secured = endpointsOf(openapi(Api).paths).filter((endpoint) => endpoint.secured)

const companies: Readonly<Record<string, string>> = {
  "that is open": "zoo",
  "that rests": "nap",
  "that is not there": "fog"
}

const forged = Effect.gen(function* () {
  const { privateKey } = yield* Effect.promise(() => Jose.generateKeyPair("ES256"))
  return yield* (yield* Issuer).token("ann", { key: privateKey })
})

/** The tokens of the table; those of the development login have a test of their own. */
const tokens: Readonly<Record<string, (company: string) => Effect.Effect<RequestOptions, never, Issuer>>> = {
  "of one of its users": (company) => Effect.succeed({ as: `only-${company}` }),
  "of a user of another company alone": () => Effect.succeed({ as: "only-acme" }),
  "of the server's operator": () => Effect.succeed({ token: Many.operator }),
  none: () => Effect.succeed({}),
  "signed with another key": () => Effect.map(forged, (token) => ({ token }))
}

/** A path of an endpoint in a company, about what is there or what is not. */
const pathOf = (path: string, company: string, isThere: boolean): string =>
  `/c/${company}${path
    .replace("{period}", isThere ? "2026-11-23" : "2001-01-01")
    .replace("{consumer}", isThere ? "billing" : "nothing")
    .replaceAll(/\{\w+\}/gu, isThere ? "olga" : "nobody")}`

/** What is said, without the company's id, and without what each answer has of its own. */
const said = (answer: Answer, company: string) => {
  const { "x-request-id": _, date: __, ...headers } = Object.fromEntries(answer.headers)
  return { status: answer.status, headers, text: answer.text.replaceAll(`/c/${company}/`, "/c/it/") }
}

const writtenIn = (company: string) =>
  Many.within(
    company,
    Effect.flatMap(EventLog, (log) => Effect.all([log.last("users"), log.last("tasks"), log.last("billing")]))
  )

it.effect(
  "who has no valid token in a company learns nothing of it at any endpoint, not even whether it is there",
  () =>
    Effect.gen(function* () {
      const before = yield* writtenIn("zoo")
      let cells = 0
      for (const { method, path } of secured) {
        const answers = new Map<string, ReadonlyArray<ReturnType<typeof said>>>()
        for (const row of byToken) {
          const company = companies[row["to a company"]!]!
          const make = tokens[row["the token"]!]
          if (make === undefined || row["answer"] === "as above") continue
          for (const isThere of [true, false]) {
            const options = yield* make(company)
            const body = method === "GET" ? {} : { body: {} }
            const answer = yield* request(method, pathOf(path, company, isThere), { ...options, ...body })
            const where = `${method} ${path}, ${row["the token"]}, ${row["to a company"]}`
            assert.strictEqual(`${answer.status}`, row["answer"], `${where}: ${answer.text}`)
            assert.strictEqual(answer.json.type, `urn:popug:problem:${row["problem"]}`, where)
            const key = `${row["the token"]} ${isThere}`
            answers.set(key, [...(answers.get(key) ?? []), said(answer, company)])
            cells += 1
          }
        }
        for (const [token, [first, ...others]] of answers) {
          // A forged token is another each time, and so is nothing that an answer says.
          for (const other of others) assert.deepStrictEqual(other, first, `${method} ${path}, ${token}`)
        }
      }
      assert.strictEqual(cells, secured.length * (byToken.length - 2) * 2)
      assert.deepStrictEqual(yield* writtenIn("zoo"), before)
    }).pipe(Effect.provide(Many.layer())),
  120_000
)

it.effect("the answers to a token that holds elsewhere say whose it is, and nothing else", () =>
  Effect.gen(function* () {
    const { url } = yield* Issuer
    const { json } = yield* request("GET", "/c/zoo/v1/tasks", { as: "only-acme" })
    assert.deepStrictEqual(Object.keys(json).sort(), [
      "detail",
      "instance",
      "issuer",
      "status",
      "subject",
      "title",
      "type"
    ])
    assert.strictEqual(json.issuer, url)
    assert.strictEqual(json.subject, "only-acme")
  }).pipe(Effect.provide(Many.layer()))
)

const bodies: Readonly<Record<string, object>> = {
  "/v1/companies": { id: "new", admin: { id: "nina" } },
  "/v1/companies/acme/move": { database: "main" }
}

it.effect("the server's endpoints take its operator's token, and no user's of any company", () =>
  Effect.gen(function* () {
    const own = endpointsOf(openapi(HostApi).paths).filter((endpoint) => endpoint.secured)
    assert.deepStrictEqual(
      platform.map((row) => row["the token"]),
      own.map(({ method, path }) => `${method} ${path}`)
    )
    for (const row of platform) {
      const [method, path] = row["the token"]!.replace("{id}", "acme").split(" ") as [string, string]
      const body = method === "POST" && path in bodies ? { body: bodies[path] } : {}
      const ask = (options: RequestOptions) => request(method, path, { ...options, ...body })
      const answers = [yield* ask({}), yield* ask({ as: "ann" }), yield* ask({ token: Many.operator })]
      assert.deepStrictEqual(
        answers.map(({ status }) => `${status}`),
        [row["to a company"], row["answer"], row["problem"]],
        `${method} ${path}: ${answers.map(({ text }) => text).join(" ")}`
      )
    }
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("without an operator's token the server's endpoints are not there", () =>
  Effect.gen(function* () {
    for (const row of platform) {
      const [method, path] = row["the token"]!.replace("{id}", "acme").split(" ") as [string, string]
      const answer = yield* request(method, path, {
        token: Many.operator,
        ...(method === "POST" ? { body: bodies["/v1/companies"] } : {})
      })
      assert.strictEqual(answer.status, 404)
      assert.strictEqual(answer.headers.get("allow"), null)
    }
  }).pipe(Effect.provide(Many.layer({ operator: undefined })))
)

it.effect("a server does not start with an operator's digest that no token has", () =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(Effect.scoped(Layer.build(Many.layer({ operator: "a token, not its digest" }))))
    assert.include(String(Exit.isFailure(exit) && Cause.squash(exit.cause)), "64 hexadecimal digits")
  })
)
