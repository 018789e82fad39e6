/**
 * Several nodes, many companies: whichever node is asked, whichever dies, each company's days are closed, once, and its
 * books are right.
 */
import { Actor, Companies, type CompanyServices, Reports, Tasks, Users, Verification } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { node, noon, type Outbox } from "./host.ts"

const zones = ["UTC", "Europe/Prague", "Asia/Tokyo", "America/New_York"]
const companies = Array.from({ length: 8 }, (_, index) => ({
  id: `company-${index}`,
  timeZone: zones[index % zones.length]!
}))

/** Numbers below a bound, the same for the same seed. */
const chance = (seed: number) => {
  let state = seed
  return (bound: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

interface Running {
  readonly companies: Companies["Service"]
  readonly attachment: Memory.Attachment
  readonly scope: Scope.Closeable
}

/** A node that works; a dead one's scope is never closed, since a process that is killed cleans nothing up. */
const start = Effect.fnUntraced(function* (shelf: Memory.Shelf, outbox: Outbox) {
  const attachment = Memory.attach(shelf)
  const scope = yield* Scope.make()
  const layer = node(attachment, { looks: Duration.minutes(10), outbox })
  const services = yield* Layer.buildWithScope(Layer.provideMerge(Companies.layerWork(), layer), scope)
  return { companies: Context.get(services, Companies), attachment, scope } satisfies Running
})

const ask = <A, E>({ companies }: Running, id: string, body: Effect.Effect<A, E, CompanyServices>) =>
  Effect.scoped(Effect.flatMap(companies.get(id), (services) => Effect.provideContext(body, services)))

const hire = Effect.flatMap(Users, (users) =>
  users.create(
    Actor.system,
    ["ivan", "olga", "petr"].map((id) => ({ id, name: id, roles: ["worker"] }))
  )
)

/** One thing that somebody does in a company. */
const something = (random: (bound: number) => number) =>
  Effect.gen(function* () {
    const tasks = yield* Tasks
    const what = random(4)
    if (what < 2) return yield* tasks.create(Actor.system, [{ title: `Mend number ${random(1_000)}` }])
    if (what === 2) return yield* tasks.shuffle(Actor.system)
    const [open] = (yield* tasks.list(Actor.system, { status: "in progress" })).rows
    return open === undefined ? undefined : yield* tasks.complete(Actor.system, open.id)
  })

const run = Effect.fnUntraced(function* (seed: number) {
  const random = chance(seed)
  const shelf = Memory.shelf()
  const outbox: Outbox = []
  const nodes = yield* Effect.forEach([1, 2, 3], () => start(shelf, outbox))
  yield* Effect.forEach(nodes, (one) => one.companies.open(companies), { concurrency: "unbounded" })
  yield* Effect.forEach(companies, ({ id }) => ask(nodes[random(3)]!, id, hire))
  for (let step = 0; step < 50; step++) {
    for (let times = random(4); times > 0; times--) {
      const { id } = companies[random(companies.length)]!
      yield* ask(nodes[random(3)]!, id, something(random))
    }
    // Wherever it is: between a commit and its word, or with claims that nobody gives back.
    if (random(12) === 0) {
      const dead = random(3)
      yield* TestClock.adjust(Duration.seconds(random(600)))
      yield* nodes[dead]!.attachment.cut
      nodes[dead] = yield* start(shelf, outbox)
    }
    yield* TestClock.adjust("1 hour")
  }
  yield* TestClock.adjust("3 hours")
  const found = yield* Effect.forEach(companies, ({ id }) =>
    ask(
      nodes[0]!,
      id,
      Effect.gen(function* () {
        const { contexts } = yield* (yield* Verification).run(Actor.system)
        const reports = yield* (yield* Reports).daily(Actor.system, {})
        const notices = yield* (yield* Reports).notices(Actor.system, {}, { limit: 1_000 })
        return {
          differences: contexts.flatMap(({ difference }) => difference ?? []),
          days: reports.rows.map(({ period }) => period),
          pending: notices.rows.filter(({ status }) => status === "pending").length,
          unsent: notices.rows.filter(
            ({ notice }) => !outbox.some(([company, sent]) => company === id && sent.id === notice.id)
          ).length
        }
      })
    )
  )
  const states = yield* nodes[0]!.companies.status(companies.map(({ id }) => id))
  for (const { scope } of nodes) yield* Scope.close(scope, Exit.void)
  return { found, states }
})

describe.each([1, 2])("three nodes, of which some die (seed %i)", (seed) => {
  it("close every day of every company, send what there is to send, and keep all books right", async () => {
    const { found, states } = await Effect.runPromise(
      Effect.provide(Effect.andThen(noon, run(seed)), TestClock.layer())
    )
    for (const one of found) {
      expect(one).toMatchObject({ differences: [], pending: 0, unsent: 0 })
      expect(one.days.length).toBeGreaterThanOrEqual(2)
    }
    for (const { health } of states) {
      expect(health!.consumers.filter(({ behind, stopped }) => behind !== 0 || stopped !== null)).toEqual([])
    }
  })
})
