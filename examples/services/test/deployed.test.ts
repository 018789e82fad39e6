/**
 * As it is deployed: an identity provider's tokens in each context, metrics of each, and traces that go through.
 */
import { type ContextName, contexts } from "@popug/http/api"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Apart, apart } from "./support/company.ts"
import { collector, identity, postgres } from "./support/outside.ts"
import { requests, until } from "./support/requests.ts"

let database: Awaited<ReturnType<typeof postgres>>
let provider: Awaited<ReturnType<typeof identity>>
let otlp: Awaited<ReturnType<typeof collector>>
let company: Apart
let asked: ReturnType<typeof requests>

beforeAll(async () => {
  ;[database, provider, otlp] = await Promise.all([postgres(), identity(), collector()])
  company = await apart({
    databaseOf: () => database.url,
    environment: {
      POPUG_DEV_LOGIN: "false",
      POPUG_DEV_CLOCK: "false",
      POPUG_DEMO: "false",
      POPUG_ADMIN: "anna",
      POPUG_LOG_LEVEL: "Error",
      ...provider.settings,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url
    }
  })
  asked = requests(company.url, provider.token)
  await asked.post("/v1/users/batch", { users: [{ id: "masha", name: "Masha", roles: ["manager"] }] }, "anna")
}, 120_000)
afterAll(async () => {
  await company?.close()
  await database?.stop()
  provider?.close()
  otlp?.close()
})

describe("contexts as they are deployed", { timeout: 90_000 }, () => {
  it("take the tokens of their provider, and no others", async () => {
    expect((await asked.get("/v1/users")).status).toBe(200)
    expect((await asked.get("/v1/company", "masha")).status).toBe(200)
    expect((await asked.get("/v1/billing/trial-balance")).status).toBe(200)
    expect((await asked.get("/v1/reports/daily")).status).toBe(200)
    for (const path of ["/v1/users", "/v1/tasks", "/v1/billing/trial-balance", "/v1/reports/daily"]) {
      const refused = await asked.get(path, "nobody")
      expect([refused.status, refused.json.type]).toEqual([403, "urn:popug:problem:unknown-subject"])
      expect((await requests(company.url, () => "no.token.this").get(path)).status).toBe(401)
    }
  })

  it("have no login for development", async () => {
    expect((await fetch(`${company.url}/dev/users`)).status).toBe(404)
    expect((await fetch(`${company.urlOf("users")}/dev/users`)).status).toBe(404)
  })

  it("answer one another, and nothing of that goes through the front", async () => {
    const path = "/internal/v1/companies/popug/events/users/last"
    expect((await fetch(company.url + path)).status).toBe(404)
    expect((await fetch(company.urlOf("users") + path)).status).toBe(401)
  })

  it("have metrics of their own", async () => {
    const metricsOf = async (part: "front" | ContextName) => (await fetch(`${company.urlOf(part)}/metrics`)).text()
    expect(await metricsOf("billing")).toContain("popug_ledger_transfers")
    expect(await metricsOf("reports")).toContain("popug_notices_pending")
    expect(await metricsOf("tasks")).toContain('popug_consumer_events_behind{consumer="tasks"')
    expect(await metricsOf("front")).toContain("http_server_request_duration_seconds")
    // A context's database has room for all of them, and the company was opened there for this one alone.
    for (const context of contexts) expect(await metricsOf(context)).toContain("popug_store_up 1")
    expect(await metricsOf("billing")).not.toContain("popug_notices")
    expect(await metricsOf("reports")).not.toContain("popug_ledger")
  })

  it("send traces under their names, which go from the front into the context, and with its event on", async () => {
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` }
    const { status } = await asked.post("/v1/tasks", { id: "traced", title: "Trace this" }, "masha", headers)
    expect(status).toBe(201)
    const sent = () =>
      otlp
        .at("/v1/traces")
        .split("\n")
        .filter((text) => text.includes(trace))
    const namesIn = async () => sent().flatMap((text) => /"popug-(\w+)"/u.exec(text)?.[1] ?? [])
    await until(namesIn, (names) => names.includes("front") && names.includes("tasks"))
    const { json } = await asked.get("/v1/events?source=tasks&order=newest&limit=1")
    expect(json.data[0].traceparent).toMatch(new RegExp(`^00-${trace}-`, "u"))
  })
})
