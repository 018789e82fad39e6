/** docs/reference/services.md against a server: every cell of its tables, over the wire. */
import { assert, describe, it } from "@effect/vitest"
import { EventLog } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Layer from "effect/Layer"
import { ServicesApi } from "../../src/api/services/ServicesApi.ts"
import { Bell } from "../../src/bell/Bell.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as PopugHttp from "../../src/server/PopugHttp.ts"
import { type Offer, Offers } from "../../src/server/services/Offers.ts"
import * as ServiceKeys from "../../src/server/services/ServiceKeys.ts"
import * as ServicesHttp from "../../src/server/services/ServicesHttp.ts"
import { Issuer } from "../support/issuer.ts"
import * as Server from "../support/server.ts"
import { keyOf, sources } from "../support/services.ts"
import { table } from "../support/tables.ts"

const page = "docs/reference/services.md"
const services = ["users", "tasks", "billing", "reports"]
const next = keyOf("next")

const layerOffers = Layer.unwrap(
  Effect.map(EventLog, (service) => {
    const nobody = () => Effect.succeed([])
    const offer: Offer = {
      log: { service, sources },
      directory: { lookup: nobody },
      identities: { lookup: nobody, withoutIdentity: nobody },
      prices: { fees: nobody },
      payouts: { of: () => Effect.succeed({ rows: [], more: false }) },
      auditTrail: { of: () => Effect.succeed({ rows: [], more: false }) }
    }
    return Offers.one("popug", offer)
  })
)

/** A server for people and services, as a host may have it. */
const server = Server.layer(
  Layer.mergeAll(
    PopugHttp.layer({ limits: { perUser: null, perAddress: null }, timeLimit: null }),
    Layer.orDie(
      ServicesHttp.routes({
        credentials: services.map((service) => ({
          service,
          keys: service === "tasks" ? [keyOf(service), next] : [keyOf(service)]
        }))
      })
    ).pipe(Layer.provide(layerOffers))
  ).pipe(Layer.provide([Drain.layer, Bell.layer]))
)

interface Probe {
  readonly method: string
  readonly path: string
  readonly body?: object
}

const inCompany = (path: string, company = "popug") => `/internal/v1/companies/${company}/${path}`

/** How each question is asked. */
const probes = (company = "popug"): Readonly<Record<string, Probe>> => ({
  ...Object.fromEntries(
    sources.flatMap((source): ReadonlyArray<readonly [string, Probe]> => [
      [
        `heads of ${source}`,
        { method: "POST", path: "/internal/v1/heads", body: { after: [{ company, source, number: 0 }], waitMillis: 0 } }
      ],
      [`events of ${source}`, { method: "GET", path: inCompany(`events/${source}?after=0`, company) }],
      [`last of ${source}`, { method: "GET", path: inCompany(`events/${source}/last`, company) }]
    ])
  ),
  directory: { method: "POST", path: inCompany("directory", company), body: { ids: ["ann"] } },
  identities: {
    method: "POST",
    path: inCompany("identities", company),
    body: { identities: [{ issuer: "https://login.example", subject: "W" }] }
  },
  withoutIdentity: { method: "POST", path: inCompany("without-identity", company), body: { ids: ["ann"] } },
  prices: { method: "POST", path: inCompany("prices", company), body: { tasks: ["t1"] } },
  payouts: { method: "GET", path: inCompany("payouts/2026-11-20", company) },
  auditLog: { method: "GET", path: inCompany("audit-log/2026-11-20", company) }
})

const ask = ({ body, method, path }: Probe, token?: string) =>
  Server.request(method, path, { ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }) })

describe("access between services", () => {
  it("is told of every question that there is", () => {
    const names = new Set<string>()
    HttpApi.reflect(ServicesApi, {
      onGroup: () => undefined,
      onEndpoint: ({ endpoint }) => void names.add(endpoint.identifier)
    })
    const told = table(page, "Who may ask what").map(({ question }) => question!)
    assert.deepStrictEqual(
      [...new Set(told.map((question) => question.split(" ")[0]!))].toSorted(),
      [...names].toSorted()
    )
    assert.deepStrictEqual(told.toSorted(), Object.keys(probes()).toSorted())
  })

  it.effect("is as the table of services says", () =>
    Effect.gen(function* () {
      const rows = table(page, "Who may ask what")
      const found = yield* Effect.forEach(rows, ({ question }) =>
        Effect.gen(function* () {
          const cells: Array<readonly [string, string]> = [["question", question!]]
          for (const service of services) {
            const answer = yield* ask(probes()[question!]!, keyOf(service))
            cells.push([service, answer.status === 200 ? "yes" : String(answer.status)])
            // Whoever may not ask learns nothing of which companies are here.
            if (answer.status === 403) {
              const other = yield* ask(probes("other")[question!]!, keyOf(service))
              const { instance: _, ...told } = answer.json
              const { instance: __, ...ofOther } = other.json
              assert.deepStrictEqual(ofOther, told)
              assert.strictEqual(told.type, "urn:popug:problem:service-not-allowed")
            }
          }
          return Object.fromEntries(cells)
        })
      )
      assert.deepStrictEqual(found, rows)
    }).pipe(Effect.provide(server))
  )

  it.effect("is as the table of credentials says", () =>
    Effect.gen(function* () {
      const user = yield* (yield* Issuer).token("ann")
      const credentials: Readonly<Record<string, string | undefined>> = {
        none: undefined,
        "a key that is none": keyOf("nobody"),
        "a key with a character more": `${keyOf("tasks")}x`,
        "a user's token": user,
        "a service's key": keyOf("tasks"),
        "a service's next key": next
      }
      const rows = table(page, "By credential")
      const mayBeAsked = table(page, "Who may ask what").filter(({ tasks }) => tasks === "yes")
      const cell = (statuses: ReadonlyArray<number>) => [...new Set(statuses)].join(" and ").replace("200", "yes")
      for (const { credential, ...told } of rows) {
        const token = credentials[credential!]
        const ofServices = yield* Effect.forEach(mayBeAsked, ({ question }) => ask(probes()[question!]!, token))
        const ofPeople = yield* Effect.forEach(["/v1/users/me", "/v1/tasks", "/v1/events?source=users"], (path) =>
          ask({ method: "GET", path }, token)
        )
        assert.deepStrictEqual(
          {
            "of a service": cell(ofServices.map(({ status }) => status)),
            "of /v1": cell(ofPeople.map(({ status }) => status))
          },
          told as never,
          credential
        )
        for (const { headers, status } of ofServices) {
          if (status === 401) assert.strictEqual(headers.get("www-authenticate"), 'Bearer realm="popug services"')
        }
      }
      assert.deepStrictEqual(
        rows.map(({ credential }) => credential),
        Object.keys(credentials)
      )
    }).pipe(Effect.provide(server))
  )

  it.effect("of a company that is not here, and of what another service answers, is told to those who may ask", () =>
    Effect.gen(function* () {
      const answer = yield* ask(probes("other")["directory"]!, keyOf("tasks"))
      assert.deepInclude(answer.json, { status: 404, type: "urn:popug:problem:unknown-company", company: "other" })
    }).pipe(Effect.provide(server))
  )
})

describe("the keys of services", () => {
  const refusal = (credentials: ServicesHttp.Options["credentials"]) =>
    Effect.flip(Effect.scoped(Layer.build(ServiceKeys.layer(credentials).pipe(Layer.provide(Memory.layerDigest)))))

  it.effect("are not taken when they are short, shared, or nobody knows what they may", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        [
          (yield* refusal([{ service: "tasks", keys: ["short"] }])).message,
          (yield* refusal([
            { service: "tasks", keys: [keyOf("same")] },
            { service: "billing", keys: [keyOf("same")] }
          ])).message,
          (yield* refusal([{ service: "other", keys: [keyOf("other")] }])).message
        ],
        [
          "the keys of tasks: each must be 32-500 visible ASCII characters, random ones",
          "the keys of billing: one is a key of tasks as well",
          "the keys of other: say what it may ask, since it has the name of no context"
        ]
      )
    })
  )
})
