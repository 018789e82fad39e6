/** docs/reference/http-access.md against a server: every cell of its tables, over the wire. */
import { assert, it } from "@effect/vitest"
import { EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as OpenApi from "effect/http-api/OpenApi"
import * as Jose from "jose"
import { Api, DevelopmentApi } from "../../src/api/Api.ts"
import { openapi } from "../../src/api/openapi/documented.ts"
import { DevClock } from "../../src/server/development/DevClock.ts"
import { Issuer } from "../support/issuer.ts"
import { policies, ports, prepare, type Probe, probes } from "../support/probes.ts"
import * as Server from "../support/server.ts"
import { table } from "../support/tables.ts"

const page = "docs/reference/http-access.md"
const byRole = table(page, "By role")
const byCredential = table(page, "By credential")
const open = table(page, "Without a token")

/** Who has the role, and nothing else. */
const roles = { worker: "will", designer: "dora", manager: "max", accountant: "acc", admin: "ann" }

/** The endpoints of a contract: which success they have, and whether they need a token. */
const endpointsOf = <Id extends string, Groups extends HttpApiGroup.Constraint>(api: HttpApi.HttpApi<Id, Groups>) =>
  Object.entries(openapi(api).paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OpenApi.OpenAPISpecOperation>).map(
      ([method, { responses, security }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        success: Number(Object.keys(responses).find((status) => status.startsWith("2"))),
        secured: security.length > 0
      })
    )
  )
const endpoints = endpointsOf(Api)
const secured = endpoints.filter((endpoint) => endpoint.secured)

const server = Server.layerPopug(
  { company: { closing: "by-hand" }, policies, ports },
  { feed: { heartbeat: "1 second" } }
)

/** How far the streams of the company are: what a refused request must leave as it is. */
const written = Effect.flatMap(EventLog, (log) =>
  Effect.all([log.last("users"), log.last("tasks"), log.last("billing")])
)

const send = Effect.fnUntraced(function* (method: string, path: string, probe: Probe, options: Server.RequestOptions) {
  const before = yield* written
  const body = probe.body === undefined ? {} : { body: probe.body }
  const answer = yield* path.endsWith("/feed")
    ? Server.firstOfFeed(probe.path, options)
    : Server.request(method, probe.path, { ...options, ...body })
  if (answer.status >= 400) assert.deepStrictEqual(yield* written, before, `${method} ${probe.path} wrote something`)
  return answer
})

/** What an answer is called in the table. */
const cellOf = (answer: Server.Answer, success: number, probe: Probe): string => {
  if (answer.status === 403) {
    assert.oneOf(answer.json.type, ["urn:popug:problem:not-allowed", "urn:popug:problem:not-assignee"])
    return "403"
  }
  if (answer.status !== success) return `${answer.status} ${answer.text}`
  if (probe.event === undefined) return "yes"
  const number = String(probe.event.number)
  const ids = answer.json.data.map(({ id }: { id: string }) => id)
  return ids.length === 0 ? "hidden" : ids.join().endsWith(number) ? "yes" : `another event: ${ids.join()}`
}

it("the page names every endpoint of the contract, and no other", () => {
  const named = new Set(byRole.map(({ endpoint }) => endpoint!))
  assert.deepStrictEqual([...named].sort(), secured.map(({ name }) => name).sort())
  assert.deepStrictEqual(Object.keys(probes).sort(), [...named].sort())
  const contract = endpointsOf(DevelopmentApi)
  const pages = ["GET /", "GET /docs", "GET /openapi.json", "GET /metrics"]
  const public_ = contract.filter((endpoint) => !endpoint.secured).map(({ name }) => name)
  assert.deepStrictEqual(open.map(({ endpoint }) => endpoint!).sort(), [...public_, ...pages].sort())
})

it("the page tells own from others' wherever somebody is named", () => {
  for (const { name } of secured.filter(({ name }) => /\{(owner|id)\}/.test(name))) {
    const whose = byRole.filter(({ endpoint }) => endpoint === name).map((row) => row["whose"])
    assert.deepStrictEqual(whose, ["own", "another's"], name)
  }
})

it.effect(
  "each role may do what the page says, with its own and with others' data",
  () =>
    Effect.gen(function* () {
      yield* prepare
      let cells = 0
      for (const row of byRole) {
        const [method, path] = row["endpoint"]!.split(" ") as [string, string]
        const { success } = secured.find(({ name }) => name === row["endpoint"])!
        const [, whose, subject = ""] = /^(own|another's|all)(?: \((\w+)\))?$/.exec(row["whose"]!)!
        const found: Record<string, string> = {}
        for (const [role, self] of Object.entries(roles)) {
          const owner = whose === "all" ? "" : whose === "own" ? self : "olga"
          const probe = yield* probes[row["endpoint"]!]!(owner, self, subject)
          const answer = yield* send(method, path, probe, { as: self })
          found[role] = cellOf(answer, success, probe)
          // What is read is about whom it was asked about, and one's own about nobody else.
          if (method === "GET" && found[role] === "yes" && whose === "another's") assert.include(answer.text, "olga")
          if (method === "GET" && found[role] === "yes" && whose === "own") {
            assert.include(answer.text, self)
            assert.notInclude(answer.text, "olga")
          }
          yield* probe.after ?? Effect.void
          cells += 1
        }
        const { endpoint: _, whose: __, ...documented } = row
        assert.deepStrictEqual(found, documented, `${row["endpoint"]} (${row["whose"]})`)
      }
      assert.strictEqual(cells, byRole.length * 5)
    }).pipe(Effect.provide(server)),
  120_000
)

/** The tokens of the table, by what it calls them. */
const credentials: Readonly<Record<string, Effect.Effect<string | undefined, never, Issuer>>> = {
  none: Effect.undefined,
  "signed with another key": Effect.gen(function* () {
    const { privateKey } = yield* Effect.promise(() => Jose.generateKeyPair("ES256"))
    return yield* (yield* Issuer).token("ann", { key: privateKey })
  }),
  "of another issuer": Effect.flatMap(Issuer, ({ token }) => token("ann", { issuer: "https://elsewhere.example" })),
  "for another audience": Effect.flatMap(Issuer, ({ token }) => token("ann", { audience: "something-else" })),
  expired: Effect.flatMap(Issuer, ({ token }) => token("ann", { expiresIn: -6 })),
  "with alg none": Effect.gen(function* () {
    const claims = (yield* (yield* Issuer).token("ann")).split(".")[1]
    return `${Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url")}.${claims}.`
  }),
  "with alg HS256, signed with the public key": Effect.flatMap(Issuer, ({ publicPem, token }) =>
    token("ann", { header: { alg: "HS256" }, key: new TextEncoder().encode(publicPem) })
  ),
  "of nobody in the company": Effect.flatMap(Issuer, ({ token }) => token("nemo")),
  "of somebody deactivated": Effect.flatMap(Issuer, ({ token }) => token("dead"))
}

it.effect(
  "each credential is answered as the page says, at every endpoint",
  () =>
    Effect.gen(function* () {
      yield* prepare
      assert.deepStrictEqual(byCredential.map((row) => row["the token"]!).sort(), Object.keys(credentials).sort())
      let cells = 0
      for (const { name } of secured) {
        const [method, path] = name.split(" ") as [string, string]
        // Of the deactivated themselves where it can be about somebody: not even that is theirs any more.
        const whose = byRole.find(({ endpoint, whose }) => endpoint === name && whose!.startsWith("own"))
        const subject = path.startsWith("/v1/events") ? "users" : ""
        const probe = yield* probes[name]!(whose === undefined ? "" : "olga", "olga", subject)
        for (const row of byCredential) {
          const token = yield* credentials[row["the token"]!]!
          const answer = yield* send(method, path, probe, token === undefined ? {} : { token })
          const where = `${name}, ${row["the token"]}`
          assert.strictEqual(`${answer.status}`, row["answer"], where)
          assert.strictEqual(answer.headers.get("content-type"), "application/problem+json", where)
          assert.strictEqual(answer.json.type, `urn:popug:problem:${row["problem"]}`, where)
          const challenge = answer.headers.get("www-authenticate")
          if (row["WWW-Authenticate"] === "") assert.strictEqual(challenge, null, where)
          else if (row["the token"] === "none") assert.strictEqual(challenge, row["WWW-Authenticate"], where)
          else assert.include(challenge ?? "", `Bearer realm="popug", ${row["WWW-Authenticate"]}`, where)
          cells += 1
        }
        yield* probe.after ?? Effect.void
      }
      assert.strictEqual(cells, secured.length * byCredential.length)
    }).pipe(Effect.provide(server)),
  120_000
)

it.effect("what one may not see is refused whether it exists or not, to commands as to reads", () =>
  Effect.gen(function* () {
    const statusOf = (method: string, path: string, body?: unknown) =>
      Effect.map(Server.request(method, path, { as: "will", body }), ({ status }) => status)
    assert.strictEqual(yield* statusOf("GET", "/v1/users/nemo"), 403)
    assert.strictEqual(yield* statusOf("GET", "/v1/tasks/nothing"), 403)
    assert.strictEqual(yield* statusOf("GET", "/v1/billing/accounts/nemo"), 403)
    assert.strictEqual(yield* statusOf("GET", "/v1/billing/periods/2020-01-01"), 403)
    assert.strictEqual(yield* statusOf("POST", "/v1/tasks/nothing/complete"), 403)
    assert.strictEqual(yield* statusOf("PATCH", "/v1/tasks/nothing", { title: "x" }), 403)
  }).pipe(Effect.provide(server))
)

/** Asks what needs no token. */
const ask = Effect.fnUntraced(function* (name: string) {
  const [method, path] = name.split(" ") as [string, string]
  const body = { "POST /dev/login": { user: "will" }, "POST /dev/clock": { days: 1 } }[name]
  return yield* Server.request(method, path, { ...(body === undefined ? {} : { body }), redirect: "manual" })
})

it.effect("what needs no token is what the page says, and nothing of development without its login", () =>
  Effect.gen(function* () {
    for (const { answer, endpoint } of open) {
      const { status } = yield* ask(endpoint!)
      assert.strictEqual(`${status}`, endpoint!.includes("/dev/") ? "404" : answer, endpoint)
    }
  }).pipe(Effect.provide(server))
)

it.effect("a server with the development login has it for everybody on this machine", () =>
  Effect.gen(function* () {
    for (const { answer, endpoint } of open) {
      assert.strictEqual(`${(yield* ask(endpoint!)).status}`, answer, endpoint)
    }
  }).pipe(Effect.provide(Server.layerDevelopment(DevClock.layerOff)))
)
