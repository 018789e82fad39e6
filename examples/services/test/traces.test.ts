/**
 * A trace that goes through: from a caller over the front and tasks to billing's entry, and from the close of a day to
 * its report, each in a process of its own.
 */
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { PartName } from "../src/settings.ts"
import { type Apart, apart } from "./support/company.ts"
import { postgres } from "./support/outside.ts"
import { requests, until } from "./support/requests.ts"

/** The caller's own span, which is kept elsewhere. */
const caller = Tracer.externalSpan({ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" })

const spans: Array<{ readonly part: PartName; readonly span: Tracer.NativeSpan }> = []
const tracerOf = (part: PartName) =>
  Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push({ part, span })
      return span
    }
  })

let database: Awaited<ReturnType<typeof postgres>>
let company: Apart
let asked: ReturnType<typeof requests>
beforeAll(async () => {
  database = await postgres()
  company = await apart({ databaseOf: () => database.url, tracerOf })
  asked = requests(company.url)
}, 120_000)
afterAll(async () => {
  await company?.close()
  await database?.stop()
})

/** The span of a part that goes on from another. */
const next = (from: Tracer.AnySpan, part: PartName, name: string): Tracer.NativeSpan => {
  const found = spans.find(
    ({ part: of, span }) =>
      of === part &&
      span.name === name &&
      span.traceId === from.traceId &&
      Option.exists(span.parent, ({ spanId }) => spanId === from.spanId)
  )
  expect(found, `${part}: ${name}`).toBeDefined()
  return found!.span
}

it("leads over all of them, from a command to its entry and to its report", { timeout: 60_000 }, async () => {
  const traceparent = `00-${caller.traceId}-${caller.spanId}-01`
  const { json: today } = await asked.get("/v1/company")
  const made = await asked.post("/v1/tasks", { title: "Ring the bell" }, "masha", { traceparent })
  expect(made.status).toBe(201)
  await until(
    () => asked.get("/v1/billing/audit-log?limit=100"),
    ({ json }) => json.data.length === 1
  )
  const atFront = next(caller, "front", "POST")
  const command = next(next(atFront, "tasks", "POST"), "tasks", "Tasks.create")
  next(command, "tasks", "commit tasks")
  const entry = next(command, "billing", "process tasks")

  for (const name of ["users", "reports", "billing", "tasks"] as const) {
    expect((await requests(company.urlOf(name)).post("/dev/clock", { days: 1 })).status).toBe(200)
  }
  await until(
    () => asked.get(`/v1/reports/daily/${today.period}`),
    ({ status }) => status === 200
  )
  await until(
    () => asked.get("/v1/operations/notices?status=sent"),
    ({ json }) => json.data.some(({ period }: { readonly period: string }) => period === today.period)
  )
  const closing = spans.find(
    ({ span }) => span.attributes.get("popug.closed") === true && span.attributes.get("popug.period") === today.period
  )!
  expect(closing.part).toBe("billing")
  expect(closing.span.links.map(({ span }) => span.spanId)).toContain(entry.spanId)
  const report = next(closing.span, "reports", "process billing")
  next(report, "reports", "send notices")
})
