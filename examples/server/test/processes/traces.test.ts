/**
 * A trace as a collector gets it: from a caller's request over the commit, the entry in the books and the close of the
 * day to the report.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { collector } from "../support/outside.ts"
import { login, request, waitFor } from "../support/requests.ts"
import { cleanUp, folder, launch } from "../support/server.ts"

const otlp = await collector()
afterAll(() => otlp.close())
cleanUp()

/** The caller's own span, which is kept elsewhere. */
const caller = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" }
const traceparent = `00-${caller.trace}-${caller.span}-01`
const tracestate = "vendor=00f067aa0ba902b7"

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Readonly<Record<string, unknown>> }>
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
}
let spans: ReadonlyArray<Span>
let events: ReadonlyArray<Readonly<Record<string, unknown>>>

beforeAll(async () => {
  const server = launch("start", {
    POPUG_DATA_DIR: folder(),
    PORT: "0",
    HOST: "127.0.0.1",
    POPUG_MAIL: "log",
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url
  })
  const url = await server.listening
  const token = await login(url, "anna")
  const headers = { traceparent, tracestate }
  const made = await request(`POST ${url}/v1/tasks`, { token, headers, body: { title: "Ring the bell" } })
  expect(made.status).toBe(201)
  const booked = async () => (await request(`GET ${url}/v1/tasks/${made.json.id}/price`, { token })).json?.fee !== null
  await waitFor(booked)
  const { json } = await request(`POST ${url}/dev/clock`, { token, headers, body: { days: 1 } })
  const isReported = async () => {
    const { data } = (await request(`GET ${url}/v1/reports/daily`, { token })).json
    return data.some(
      ({ period }: { readonly period: string }) => Date.parse(json.period) - Date.parse(period) === 86_400_000
    )
  }
  await waitFor(isReported)
  await waitFor(async () => {
    const { data } = (await request(`GET ${url}/v1/operations/notices?status=pending`, { token })).json
    return data.length === 0
  })
  const read = (source: string) => request(`GET ${url}/v1/events?source=${source}&order=newest`, { token })
  events = [...(await read("tasks")).json.data, ...(await read("billing")).json.data]
  expect(await server.end()).toBe(0)
  spans = otlp
    .at("/v1/traces")
    .split("\n")
    .flatMap((line) => JSON.parse(line).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }: { readonly spans: ReadonlyArray<Span> }) => spans))
}, 120_000)

const attribute = ({ attributes }: Span, name: string) => {
  const value = attributes.find(({ key }) => key === name)?.value
  return value && Object.values(value)[0]
}
const childrenOf = ({ spanId, traceId }: { readonly spanId: string; readonly traceId: string }) =>
  spans.filter((span) => span.traceId === traceId && span.parentSpanId === spanId)
const child = (parent: Parameters<typeof childrenOf>[0], name: string, consumer?: string): Span => {
  const found = childrenOf(parent).find(
    (span) =>
      span.name === name && (consumer === undefined || attribute(span, "messaging.consumer.group.name") === consumer)
  )
  expect(found, `${name} ${consumer ?? ""} of ${childrenOf(parent).map((span) => span.name)}`).toBeDefined()
  return found!
}
const parentOf = ({ spanId, traceId }: Span) => `00-${traceId}-${spanId}-01`

describe("a trace in a collector", () => {
  it("leads from a caller over the command to its commit, and over its events to its entry", () => {
    const post = child({ traceId: caller.trace, spanId: caller.span }, "POST")
    const command = child(post, "Tasks.create")
    const commit = child(command, "commit tasks")
    expect(childrenOf(commit).length).toBeGreaterThan(0)
    const entry = child(command, "process tasks", "billing")
    expect(entry.links).toContainEqual(expect.objectContaining({ traceId: command.traceId, spanId: command.spanId }))
    const ofCommand = events.filter((event) => event["traceparent"] === parentOf(command))
    expect(ofCommand.map(({ data }) => (data as { readonly change: string }).change).sort()).toEqual([
      "assigned",
      "created"
    ])
    for (const event of ofCommand) expect(event["tracestate"]).toBe(tracestate)
  })

  it("leads from the close of the day to its report and its mails, and back to the entries", () => {
    const entry = spans.find((span) => span.traceId === caller.trace && span.name === "process tasks")!
    const closes = spans.filter((span) => attribute(span, "popug.closed") === true)
    const close = closes.find(({ links }) => links.some(({ spanId }) => spanId === entry.spanId))!
    expect(close).toBeDefined()
    expect(attribute(close, "popug.period")).toBe(attribute(entry, "popug.period"))
    const closed = events.find((event) => event["traceparent"] === parentOf(close))!
    expect(closed["type"]).toBe("billing.closed")
    const report = child(close, "process billing", "reports")
    expect(attribute(report, "popug.period")).toBe(attribute(close, "popug.period"))
    child(report, "send notices")
  })
})
