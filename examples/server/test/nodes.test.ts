/**
 * Two nodes on one Postgres, and what stands around them: mail, metrics, traces, logs.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { follow, halfATask } from "./support/connections.ts"
import { collector, mailServer, ownPostgres } from "./support/outside.ts"
import { all, login, proof, request, waitFor } from "./support/requests.ts"
import { cleanUp, folder, launch, type Launched } from "./support/server.ts"

const [database, mail, otlp] = await Promise.all([ownPostgres(), mailServer(), collector()])
afterAll(async () => {
  await database.stop()
  mail.close()
  otlp.close()
})
cleanUp()

const secrets = { database: "hunter2-of-the-database", prices: "hunter2-of-prices" }
const shared = {
  DATABASE_URL: database.url.replace("popug@", `popug:${secrets.database}@`),
  POPUG_SECRET: secrets.prices,
  PORT: "0",
  // Any of them may be the one that sends.
  POPUG_MAIL: "smtp",
  POPUG_SMTP_URL: mail.url,
  POPUG_MAIL_MANAGEMENT: "boss@popug.example",
  POPUG_RATE_LIMIT: "0",
  POPUG_RATE_LIMIT_ADDRESS: "0"
}
const deployed = { ...shared, HOST: "127.0.0.1", POPUG_DEV_LOGIN: "true", POPUG_DATA_DIR: folder() }

/** A newcomer's node, and one as it is deployed. */
let a: { readonly server: Launched; readonly url: string; readonly token: string }
let b: typeof a
const node = async (server: Launched) => {
  const url = await server.listening
  return { server, url, token: await login(url, "anna") }
}
beforeAll(async () => {
  a = await node(
    launch("start", {
      ...shared,
      POPUG_DATA_DIR: folder(),
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_SERVICE_NAME: "birds"
    })
  )
  // The first one has made the company by then.
  b = await node(launch("main", { ...deployed, POPUG_LOG_LEVEL: "Debug" }))
}, 120_000)

describe("two nodes on one database", { timeout: 60_000 }, () => {
  it("see at once what was done on the other", async () => {
    const { json } = await request(`POST ${a.url}/v1/tasks`, { token: a.token, body: { title: "Ring the bell" } })
    const seen = await request(`GET ${b.url}/v1/tasks/${json.id}`, { token: b.token })
    expect(seen.json).toEqual(json)
  })

  it("tell of each other's events in their feeds", async () => {
    const feed = await follow(`${b.url}/v1/events/feed?source=tasks`, b.token)
    const { json } = await request(`POST ${a.url}/v1/tasks`, { token: a.token, body: { title: "Feed the goldfish" } })
    expect(await feed.until(json.id)).toMatch(new RegExp(`event: event\ndata: .*"id":"${json.id}"`))
  })

  it("do a command once that both are given at once", async () => {
    const before = (await all(`${a.url}/v1/tasks`, a.token)).length
    const keys = Array.from({ length: 20 }, (_, index) => `twice-${index}`)
    const answers = await Promise.all(
      keys.map((key) =>
        Promise.all(
          [a, b].map(({ token, url }) =>
            request(`POST ${url}/v1/tasks`, { token, body: { title: key }, headers: { "idempotency-key": key } })
          )
        )
      )
    )
    for (const [one, other] of answers) {
      expect([one!.status, other!.status]).toEqual([201, 201])
      expect(one!.json).toEqual(other!.json)
    }
    expect(await all(`${b.url}/v1/tasks`, b.token)).toHaveLength(before + keys.length)
    const [task] = await Promise.all(
      [a, b].map(({ token, url }, index) =>
        request(`POST ${url}/v1/tasks`, {
          token,
          body: { title: `other ${index}` },
          headers: { "idempotency-key": "twice-0" }
        })
      )
    )
    expect(task!.status).toBe(422)
  })

  // Their clocks differ by a day from here on, as those of production never do: what one has leased for a minute is
  // over for the other, so that it may send the mail as well. Whoever gets it knows it by its id.
  it("send the report of a day that has passed, by SMTP and under one id", async () => {
    const { json } = await request(`POST ${a.url}/dev/clock`, { token: a.token, body: { days: 1 } })
    const reports = async () => (await request(`GET ${b.url}/v1/reports/daily`, { token: b.token })).json.data
    // The day is closed by either of them.
    await waitFor(async () => (await reports()).length === 4)
    const data = await reports()
    expect(Date.parse(json.period) - Date.parse(data[3].period)).toBe(86_400_000)
    const isReport = (text: string) => text.includes(`Message-ID: <report.${data[3].period}@popug.popug>`)
    await waitFor(() => mail.mails.some(isReport))
    await waitFor(async () => {
      const pending = await request(`GET ${b.url}/v1/operations/notices?status=pending`, { token: b.token })
      return pending.json.data.length === 0
    })
    for (const report of mail.mails.filter(isReport)) expect(report).toMatch(/^To: boss@popug\.example\r$/m)
    expect(await proof(b.url, b.token)).toMatchObject({ total: "0", difference: null, periods: 4 })
  })

  it("are measured: what Prometheus reads is well formed and tells of everything", async () => {
    const { headers, text } = await request(`GET ${a.url}/metrics`)
    expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/)
    const label = `[a-z_]+="(?:[^"\\\\]|\\\\.)*"`
    const sample = new RegExp(
      `^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{${label}(,${label})*,?\\})? (-?[\\d.]+(e[+-]?\\d+)?|\\+Inf|NaN)$`
    )
    const comment = /^# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram|summary|untyped))$/
    for (const line of text.trimEnd().split("\n")) {
      if (line !== "" && !comment.test(line)) expect(line).toMatch(sample)
    }
    const families = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name))
    for (const family of [
      "http_server_request_duration_seconds",
      "http_server_active_requests",
      "http_server_open_streams",
      "popug_commands_total",
      "popug_consumer_events_behind",
      "popug_consumer_stopped",
      "popug_billing_open_period_start_timestamp_seconds",
      "popug_billing_last_closed_period_start_timestamp_seconds",
      "popug_billing_period_awaiting_close",
      "popug_ledger_transfers",
      "popug_notices_pending",
      "popug_notices_failing",
      "popug_store_up"
    ]) {
      expect(families).toContain(family)
    }
    expect(text).toMatch(/^popug_store_up 1$/m)
    expect(text).toMatch(/^popug_commands_total\{call="tasks\.create",command="task\.create",outcome="done"\} \d+$/m)
  })

  it("say in a line what keeps another from starting", async () => {
    const { port } = new URL(b.url)
    const [taken, elsewhere, unknown] = [
      launch("main", { ...deployed, PORT: port }),
      launch("main", { ...deployed, POPUG_TIME_ZONE: "Asia/Tokyo" }),
      launch("main", {
        ...deployed,
        POPUG_DEV_LOGIN: "",
        POPUG_OIDC_ISSUER: "http://127.0.0.1:1",
        POPUG_OIDC_AUDIENCE: "popug"
      })
    ]
    expect([await taken.ended, await elsewhere.ended, await unknown.ended]).toEqual([1, 1, 1])
    expect(taken.error()).toBe(
      `popug can't start: port ${port} of 127.0.0.1 is in use: end what listens there, or set another PORT\n`
    )
    expect(elsewhere.error()).toBe(
      "popug can't start: the company was opened with timeZone UTC, this host has Asia/Tokyo (POPUG_TIME_ZONE); " +
        "is this host right? See --adopt in --help\n"
    )
    expect(unknown.error()).toMatch(/^popug can't start: http:\S+\/openid-configuration could not be read: .*\n$/)
  })

  it("end at once when they are told to twice", async () => {
    const third = await node(launch("main", { ...deployed, POPUG_DRAIN_SECONDS: "100" }))
    await halfATask(third.url, third.token, "Never there")
    let isOver = false
    void third.server.ended.then(() => (isOver = true))
    await waitFor(() => {
      third.server.child.kill("SIGTERM")
      return isOver
    })
    expect(await third.server.ended).toBe(143)
    expect(third.server.error()).toContain("popug ends at once: requests under way are cut\n")
  })

  it("send traces, metrics and the log to a collector", async () => {
    expect(await a.server.end()).toBe(0)
    const spans = otlp
      .at("/v1/traces")
      .split("\n")
      .flatMap((line) => JSON.parse(line).resourceSpans)
    expect(spans[0].resource.attributes).toContainEqual({ key: "service.name", value: { stringValue: "birds" } })
    const names = spans.flatMap(({ scopeSpans }) => scopeSpans[0].spans.map(({ name }: { name: string }) => name))
    expect(names).toEqual(expect.arrayContaining(["POST", "Tasks.create", "sql.transaction"]))
    expect(otlp.at("/v1/metrics")).toContain("popug_commands_total")
    expect(otlp.at("/v1/logs")).toContain("THE DEVELOPMENT LOGIN IS ON")
  })

  it("log a JSON object a line, with the request's id for what went wrong, and nothing secret", async () => {
    // What callers get wrong is no error of the server's.
    expect((await request(`GET ${b.url}/v1/tasks/nothing`, { token: b.token })).status).toBe(404)
    await database.stop()
    const answer = await request(`POST ${b.url}/v1/tasks`, {
      token: b.token,
      body: { title: "Nowhere to go" },
      headers: { "x-request-id": "the-one-that-fails" }
    })
    expect(answer.status).toBe(503)
    expect((await request(`GET ${b.url}/readyz`)).status).toBe(503)
    expect((await request(`GET ${b.url}/livez`)).status).toBe(200)
    expect(await b.server.end()).toBe(0)
    const lines = b.server
      .out()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines).toContainEqual(expect.objectContaining({ message: expect.stringContaining("popug listens at") }))
    expect(lines.filter(({ level }) => level === "ERROR")).toEqual([])
    const failed = lines.filter(({ annotations }) => annotations?.requestId === "the-one-that-fails")
    expect(failed).toContainEqual(expect.objectContaining({ level: "WARN", annotations: expect.anything() }))
    const written = [a, b].flatMap(({ server }) => [server.out(), server.error()]).join("\n") + otlp.at("/v1/logs")
    for (const secret of [...Object.values(secrets), a.token, b.token]) expect(written).not.toContain(secret)
    expect(otlp.at("/v1/traces")).not.toContain(a.token)
    expect(b.server.error()).toBe("")
  })
})
