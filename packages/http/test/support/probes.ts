/**
 * For each endpoint a request that would succeed if the caller may do it: what it takes is put in place first, by the
 * system itself.
 */
import {
  Account,
  Actor,
  Assignment,
  Billing,
  Books,
  EventBus,
  EventLog,
  type Envelope,
  Streams,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { byPosition } from "../../src/server/wire/Pages.ts"
import { settle, toDay } from "./server.ts"

/** What a request asks for, and what must be undone if it was refused. */
export interface Probe {
  readonly path: string
  readonly body?: unknown
  readonly after?: Effect.Effect<void, unknown, Services>
  /** The event that the answer holds, or hides. */
  readonly event?: { readonly number: number }
}
type Services = Billing | Books | EventLog | Streams | Tasks | Users | Effect.Services<typeof settle>

/** `self` acts; `owner` is whom the data is about: themselves, or somebody else. */
type Prepare = (owner: string, self: string, subject: string) => Effect.Effect<Probe, unknown, Services>

/** A closed day, that has something in it. */
const monday = "2026-11-23"
const range = `from=${monday}&to=${monday}`

let count = 0
const fresh = (what: string) => `${what} ${(count += 1)}`

/** Everybody active may hold tasks, so that what one may do with one's own can be seen of every role. */
export const policies = Layer.succeed(Assignment.Eligibility, ({ status }) => status === "active")

/** What a log can't read for a while. */
const unreadable = { source: "none", number: 0 }

/** Memory with a log that breaks on demand, and with nothing that carries events around it. */
export const ports: typeof Memory.layer = Layer.effect(
  EventLog,
  Effect.map(EventLog, (log) => ({
    ...log,
    read: (source: Envelope.Source, after: number, limit: number) =>
      Effect.map(log.read(source, after, limit), (events) =>
        events.map((event) =>
          source === unreadable.source && event.number === unreadable.number ? { ...event, version: 9 } : event
        )
      )
  }))
).pipe(Layer.merge(EventBus.layerNone), Layer.provideMerge(Memory.layer))

const taskOf = Effect.fnUntraced(function* (owner: string, named?: { readonly id: string }) {
  const tasks = yield* Tasks
  const { answer } = yield* tasks.create(Actor.system, [{ title: fresh("Task"), ...named }])
  yield* tasks.assign(Actor.system, answer[0]!.id, owner)
  return answer[0]!.id
})

/** A fee that was charged just now. */
const feeOf = Effect.fnUntraced(function* (owner: string) {
  const id = yield* taskOf(owner)
  yield* settle
  const books = yield* Books
  let after: number | undefined
  for (;;) {
    const paging = after === undefined ? { limit: 100 } : { limit: 100, after }
    const { more, rows } = yield* books.auditLog(Actor.system, owner, {}, paging)
    const found = rows.find((row) => row.task?.id === id)
    if (found !== undefined) return found.transfer
    after = rows.at(-1)?.transfer
    if (!more) return yield* Effect.die(new Error("the fee was not booked"))
  }
})

let day = 0
/** Lets a day pass. */
const nextDay = Effect.gen(function* () {
  yield* toDay((day += 1))
  yield* (yield* Tasks).endRegistration(Actor.system)
  yield* settle
})

/** Closes what waits for it. */
const close = Effect.gen(function* () {
  const billing = yield* Billing
  const books = yield* Books
  for (;;) {
    const { awaiting } = yield* books.preview(Actor.system)
    if (awaiting === null) return
    yield* billing.close(Actor.system, awaiting)
    yield* settle
  }
})

const awaiting = Effect.gen(function* () {
  yield* nextDay
  const { awaiting } = yield* (yield* Books).preview(Actor.system)
  if (awaiting === null) return yield* Effect.die(new Error("no period waits to be closed"))
  return awaiting
})

const mend = Effect.gen(function* () {
  const streams = yield* Streams
  unreadable.source = "none"
  for (const { consumer, stopped } of yield* streams.status(Actor.system)) {
    if (stopped !== null) yield* streams.resume(Actor.system, consumer)
  }
  yield* settle
})

const stop = Effect.gen(function* () {
  const log = yield* EventLog
  Object.assign(unreadable, { source: "users", number: (yield* log.last("users")) + 1 })
  yield* (yield* Users).update(Actor.system, { id: "olga", name: fresh("Olga") })
  yield* settle
  unreadable.source = "none"
})

/** A Monday of which everybody has something, closed; now it is Tuesday. */
export const prepare = Effect.gen(function* () {
  day = 0
  for (const owner of ["acc", "ann", "dora", "max", "olga", "will"]) {
    const id = yield* taskOf(owner)
    yield* (yield* Tasks).complete(Actor.system, id)
  }
  yield* nextDay
  yield* close
})

/** Something that just happened, as an event of a context. */
const happened = Effect.fnUntraced(function* (owner: string, source: string) {
  const log = yield* EventLog
  if (source === "users") yield* (yield* Users).update(Actor.system, { id: owner, name: fresh("Somebody") })
  // A task about nobody in particular: the end of a day is everybody's.
  if (source === "tasks" && owner !== "") yield* taskOf(owner)
  if (source === "tasks" && owner === "") yield* Effect.andThen(nextDay, close)
  yield* settle
  return { number: yield* log.last(source as Envelope.Source) }
})

const to =
  (path: string, body?: unknown): Prepare =>
  () =>
    Effect.succeed(body === undefined ? { path } : { path, body })

/** Who is named in a path or query: `me` if it is about oneself. */
const named = (owner: string, self: string) => (owner === self ? "me" : owner)

const about =
  (path: (owner: string) => string): Prepare =>
  (owner, self) =>
    Effect.succeed({ path: path(named(owner, self)) })

/** A query that names its subject only if there is one. */
const filtered =
  (path: string, name: string, value: (owner: string, self: string) => string = named): Prepare =>
  (owner, self) =>
    Effect.succeed({ path: owner === "" ? path : `${path}?${name}=${encodeURIComponent(value(owner, self))}` })

const onTask =
  (path: (id: string) => string, body?: (id: string) => unknown): Prepare =>
  (owner) =>
    Effect.map(taskOf(owner), (id) => ({ path: path(id), ...(body === undefined ? {} : { body: body(id) }) }))

const events =
  (path: (source: string, after: number) => string): Prepare =>
  (owner, _, source) =>
    Effect.map(happened(owner, source), (event) => ({ path: path(source, event.number - 1), event }))

const person = () => ({ name: fresh("Newcomer"), roles: ["worker"] })

export const probes: Readonly<Record<string, Prepare>> = {
  "POST /v1/users": () => Effect.sync(() => ({ path: "/v1/users", body: person() })),
  "POST /v1/users/batch": () => Effect.sync(() => ({ path: "/v1/users/batch", body: { users: [person()] } })),
  "PATCH /v1/users/{id}": (owner) =>
    Effect.sync(() => ({ path: `/v1/users/${owner}`, body: { name: fresh("Renamed") } })),
  "GET /v1/users": to("/v1/users"),
  "GET /v1/users/{id}": about((owner) => `/v1/users/${owner}`),

  "POST /v1/tasks": to("/v1/tasks", { title: "Mend the roof" }),
  "POST /v1/tasks/batch": to("/v1/tasks/batch", { tasks: [{ title: "Mend the roof" }] }),
  "PATCH /v1/tasks/{id}": onTask(
    (id) => `/v1/tasks/${id}`,
    () => ({ description: fresh("As was said") })
  ),
  "POST /v1/tasks/{id}/assign": onTask(
    (id) => `/v1/tasks/${id}/assign`,
    () => ({ assignee: "dora" })
  ),
  "POST /v1/tasks/{id}/complete": onTask((id) => `/v1/tasks/${id}/complete`),
  "POST /v1/tasks/complete": onTask(
    () => "/v1/tasks/complete",
    (id) => ({ ids: [id] })
  ),
  "POST /v1/tasks/shuffle": to("/v1/tasks/shuffle"),
  "POST /v1/tasks/registration/end": to("/v1/tasks/registration/end", {}),
  "GET /v1/tasks": filtered("/v1/tasks", "assignee"),
  "GET /v1/tasks/counts": to("/v1/tasks/counts"),
  "GET /v1/tasks/{id}": onTask((id) => `/v1/tasks/${id}`),

  "POST /v1/billing/corrections": (owner) =>
    Effect.map(feeOf(owner), (transfer) => ({
      path: "/v1/billing/corrections",
      body: { transfer, reason: "a mistake" }
    })),
  "POST /v1/billing/periods/{period}/close": () =>
    Effect.map(awaiting, (period) => ({ path: `/v1/billing/periods/${period}/close`, after: close })),
  "GET /v1/billing/accounts": to("/v1/billing/accounts"),
  "GET /v1/billing/accounts/{owner}": about((owner) => `/v1/billing/accounts/${owner}`),
  "GET /v1/billing/accounts/{owner}/statement": about((owner) => `/v1/billing/accounts/${owner}/statement?${range}`),
  "GET /v1/billing/audit-log": filtered("/v1/billing/audit-log", "owner"),
  "GET /v1/billing/prices/{task}": (owner) =>
    Effect.gen(function* () {
      // An answer about somebody's task is known by its id.
      const id = yield* taskOf(owner, { id: `${owner}-${(count += 1)}` })
      yield* settle
      return { path: `/v1/billing/prices/${id}` }
    }),
  "GET /v1/billing/transfers": filtered("/v1/billing/transfers", "account", (owner) => Account.popug(owner as never)),
  "GET /v1/billing/periods": to("/v1/billing/periods"),
  "GET /v1/billing/periods/{period}": to(`/v1/billing/periods/${monday}`),
  "GET /v1/billing/periods/{period}/preview": to("/v1/billing/periods/current/preview"),
  "GET /v1/billing/shuffles": to("/v1/billing/shuffles"),
  "GET /v1/billing/shuffles/preview": to("/v1/billing/shuffles/preview"),
  "GET /v1/billing/trial-balance": to("/v1/billing/trial-balance"),
  "GET /v1/billing/verification": to("/v1/billing/verification"),
  "GET /v1/billing/exports/audit-log.csv": filtered("/v1/billing/exports/audit-log.csv", "owner"),
  "GET /v1/billing/exports/balances.csv": to(`/v1/billing/exports/balances.csv?period=${monday}`),
  "GET /v1/billing/exports/journal.hledger": to("/v1/billing/exports/journal.hledger"),

  "GET /v1/reports/daily": to("/v1/reports/daily"),
  "GET /v1/reports/daily/{period}": to(`/v1/reports/daily/${monday}`),
  "GET /v1/reports/balances": to(`/v1/reports/balances?period=${monday}`),
  "GET /v1/reports/balances/distribution": to("/v1/reports/balances/distribution"),
  "GET /v1/reports/balance": to("/v1/reports/balance"),
  "GET /v1/reports/top-task": to(`/v1/reports/top-task?${range}`),

  "GET /v1/company": to("/v1/company"),

  "GET /v1/events/catalog": to("/v1/events/catalog"),
  "GET /v1/events": events(
    (source, after) =>
      `/v1/events?source=${source}&limit=1&cursor=${byPosition("events").cursorOf({ source }, { number: after })}`
  ),
  "GET /v1/events/feed": events((source, after) => `/v1/events/feed?source=${source}&after=${after}`),

  "POST /v1/operations/streams/{consumer}/resume": () =>
    Effect.as(stop, { path: "/v1/operations/streams/tasks/resume", body: {}, after: mend }),
  "GET /v1/operations/streams": to("/v1/operations/streams"),
  "GET /v1/operations/notices": to("/v1/operations/notices")
}
