import { assert, it } from "@effect/vitest"
import {
  Actor,
  Assignment,
  Books,
  BillingStore,
  Company,
  CompanyMismatch,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Pricing,
  type StoreError,
  Tasks,
  TaskStore,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { settle, toDay } from "./support.ts"

type Options = Partial<Parameters<typeof Company.layer>[0]>
const prague: Options = { timeZone: "Europe/Prague", currency: "CZK" }

/** A host's ports over a disk that others use as well. */
const ports = (
  disk: ReturnType<typeof Memory.disk>,
  options: Options = {},
  policies: Layer.Layer<never> = Layer.empty
) =>
  Layer.mergeAll(
    Memory.layerOn(disk),
    Company.layer({ secret: "tests", ...options }),
    Ids.layer,
    Notifier.layerLog
  ).pipe(Layer.provideMerge(Layer.mergeAll(policies, Layer.succeed(PollInterval, null))))

/** A host that runs until the scope closes, or why it does not. */
const host = (...[disk, options, policies]: Parameters<typeof ports>) =>
  Layer.build(Popug.layer.pipe(Layer.provideMerge(ports(disk, options, policies)))).pipe(
    Effect.map((services) => Effect.provideContext(services))
  ) as Effect.Effect<
    <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E>,
    CompanyMismatch | StoreError,
    Scope.Scope
  >

const adopt = (...args: Parameters<typeof ports>) =>
  Effect.provide(Popug.adopt, ports(...args), { local: true }) as Effect.Effect<void, CompanyMismatch | StoreError>

/** In what a host is refused; null when it is let in. */
const refusedIn = <A, E, R>(opening: Effect.Effect<A, E, R>) =>
  Effect.scoped(opening as Effect.Effect<A, E, Scope.Scope>).pipe(
    Effect.as(null),
    Effect.catch((error) => (error instanceof CompanyMismatch ? Effect.succeed(error.setting) : Effect.die(error)))
  )

const olga = { id: "olga", name: "Olga", roles: ["worker"] }
const makeOlga = Effect.flatMap(Users, (users) => users.create(Actor.system, [olga]))
const makeTask = Effect.flatMap(Tasks, (tasks) => tasks.create(Actor.system, [{ title: "Mend the roof" }]))

const test = (name: string, body: Effect.Effect<void, unknown, Scope.Scope>) =>
  it.effect(name, () => Effect.andThen(toDay(0), body).pipe(Effect.scoped))

test(
  "of two hosts that open the contexts of a company in turns, the first opens all of them and the other none",
  Effect.gen(function* () {
    const disk = Memory.disk()
    const contexts = (options: Options) =>
      Effect.map(Layer.build(ports(disk, options)), (services) => {
        const identity = Context.get(services, Company).identity
        return {
          tasks: Context.get(services, TaskStore).open(identity, () => "2026-11-23" as never),
          billing: Context.get(services, BillingStore).open(identity)
        }
      })
    const [one, two] = [yield* contexts({}), yield* contexts(prague)]
    yield* one.tasks
    assert.strictEqual(yield* refusedIn(two.billing), "timeZone")
    yield* one.billing
    assert.strictEqual(yield* refusedIn(two.tasks), "timeZone")
  })
)

test(
  "of two hosts that start at once with different zones, exactly one is let in",
  Effect.gen(function* () {
    for (let round = 0; round < 8; round++) {
      const disk = Memory.disk()
      const started = yield* Effect.forEach([{}, prague], (options) => Effect.exit(host(disk, options)), {
        concurrency: "unbounded"
      })
      assert.strictEqual(started.filter(Exit.isSuccess).length, 1)
    }
  })
)

test(
  "a host with another secret, closing, price list or way to assign is refused, by the name of it",
  Effect.gen(function* () {
    const disk = Memory.disk()
    yield* host(disk)
    const others = {
      secret: host(disk, { secret: "another" }),
      closing: host(disk, { closing: "by-hand" }),
      pricing: host(
        disk,
        {},
        Layer.succeed(Pricing.Pricing, () => ({ fee: 1n, award: 2n }))
      ),
      eligibility: host(
        disk,
        {},
        Layer.succeed(Assignment.Eligibility, () => true)
      ),
      chooseAssignee: host(
        disk,
        {},
        Layer.succeed(Assignment.ChooseAssignee, ({ candidates }) => candidates[0]!)
      ),
      repeatedAssignee: host(disk, {}, Layer.succeed(Assignment.RepeatedAssignee, "assign-again")),
      assignmentByHand: host(disk, {}, Layer.succeed(Assignment.AssignmentByHand, false))
    }
    for (const [setting, opening] of Object.entries(others)) assert.strictEqual(yield* refusedIn(opening), setting)
    assert.isNull(yield* refusedIn(host(disk)))
  })
)

test(
  "a price list that throws at what it is asked to compare is let in",
  Effect.gen(function* () {
    const byTitle = Layer.succeed(Pricing.Pricing, ({ task }) => {
      const [fee, award] = /(\d+)-(\d+)/.exec(task.title)!.slice(1)
      return { fee: BigInt(fee!), award: BigInt(award!) }
    })
    const disk = Memory.disk()
    assert.isNull(yield* refusedIn(host(disk, {}, byTitle)))
    assert.isNull(yield* refusedIn(host(disk, {}, byTitle)))
  })
)

test(
  "what was stored does not tell the secret",
  Effect.gen(function* () {
    const disk = Memory.disk()
    yield* host(disk, { secret: "hush-hush" })
    const error = yield* Effect.flip(host(disk, { secret: "hush" }))
    assert.notInclude(JSON.stringify([disk.tasks.stream.opened!.identity, error.message]), "hush")
  })
)

test(
  "a wrong zone, cutoff and currency are put right by adopting others, while nothing is registered",
  Effect.gen(function* () {
    const disk = Memory.disk()
    const wrong = yield* host(disk)
    yield* wrong(makeOlga)
    yield* wrong(settle)
    const right: Options = { timeZone: "Pacific/Kiritimati", cutoff: "01:00", currency: "AUD" }
    assert.strictEqual(yield* refusedIn(host(disk, right)), "timeZone")
    yield* adopt(disk, right)
    const run = yield* host(disk, right)
    // Noon in UTC is two in the morning of the next day there.
    assert.strictEqual((yield* run(Effect.flatMap(TaskStore, (store) => store.head))).period, "2026-11-24")
    yield* run(makeTask)
    yield* run(settle)
    assert.strictEqual(yield* refusedIn(host(disk)), "timeZone")
  })
)

test(
  "once a task is registered, another zone or currency is refused to whoever adopts, and nothing has changed",
  Effect.gen(function* () {
    const disk = Memory.disk()
    const run = yield* host(disk)
    yield* run(makeOlga)
    yield* run(settle)
    yield* run(makeTask)
    assert.strictEqual(yield* refusedIn(adopt(disk, { currency: "EUR" })), "currency")
    assert.strictEqual(yield* refusedIn(adopt(disk, { ...prague, secret: "another" })), "timeZone")
    yield* run(makeTask)
    assert.isNull(yield* refusedIn(host(disk)))
  })
)

test(
  "a host that runs while another adopts is refused in every commit, for good, and goes on with the new settings",
  Effect.gen(function* () {
    const disk = Memory.disk()
    const before = yield* host(disk)
    yield* before(makeOlga)
    yield* before(settle)
    yield* before(makeTask)
    const prices = Layer.succeed(Pricing.Pricing, () => ({ fee: 1n, award: 2n }))
    const after: Options = { secret: "another", closing: "by-hand" }
    yield* adopt(disk, after, prices)
    for (const command of [makeTask, makeOlga, Effect.flatMap(Tasks, (tasks) => tasks.endRegistration(Actor.system))]) {
      const error = yield* Effect.flip(before(command as Effect.Effect<unknown, StoreError>))
      assert.deepInclude(error, { _tag: "StoreError", reason: "Mismatch", retryable: false, committed: "no" })
      assert.instanceOf(error.cause, CompanyMismatch)
    }
    // Billing has not seen the task yet: it is priced by whoever is the company's now.
    const error = yield* Effect.flip(before(settle))
    assert.deepInclude(error, { _tag: "StoreError", reason: "Mismatch" })
    const run = yield* host(disk, after, prices)
    yield* run(makeTask)
    yield* run(settle)
    const { rows } = yield* run(Effect.flatMap(BillingStore, (store) => store.transfers({}, { limit: 10 })))
    assert.deepStrictEqual(
      rows.map(({ amount }) => amount),
      [1n, 1n]
    )
  })
)

test(
  "what was priced by the old secret stays as it is, and so does its seal",
  Effect.gen(function* () {
    const disk = Memory.disk()
    yield* Effect.scoped(
      Effect.gen(function* () {
        const run = yield* host(disk)
        yield* run(makeOlga)
        yield* run(settle)
        yield* run(makeTask)
        yield* toDay(1)
        yield* run(Effect.flatMap(Tasks, (tasks) => tasks.endRegistration(Actor.system)))
        yield* run(settle)
      })
    )
    yield* adopt(disk, { secret: "another" })
    const run = yield* host(disk, { secret: "another" })
    yield* run(makeTask)
    yield* run(settle)
    const { difference } = yield* run(Effect.flatMap(Books, (books) => books.verify(Actor.system)))
    assert.isNull(difference)
  })
)
