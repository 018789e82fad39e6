import { assert, describe, it } from "@effect/vitest"
import {
  Actor,
  AuditTrail,
  Company,
  Consumers,
  Directory,
  EventLog,
  Ids,
  IdentityDirectory,
  Notifier,
  Payouts,
  PollInterval,
  Popug,
  Prices,
  type TaskId,
  Tasks,
  type UserId,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as SignIn from "../../src/server/guard/auth/SignIn.ts"
import { type Offer, Offers } from "../../src/server/services/Offers.ts"
import * as Remote from "../../src/services/Remote.ts"
import { peerAt, serve, sources } from "../support/services.ts"

const popug = Popug.layer.pipe(
  Layer.provideMerge(Memory.layer),
  Layer.provideMerge(Company.layer({ id: "acme", secret: "tests" })),
  Layer.provideMerge(Ids.layer),
  Layer.provide([Notifier.layerLog, Layer.succeed(PollInterval, null)])
)

/** A company with some people, and what it offers, with a count of what it was asked. */
const acme = Effect.gen(function* () {
  const live = yield* Clock.Clock
  let passed = 0
  const now = () => live.currentTimeMillisUnsafe() + passed
  const clock: Clock.Clock = Object.assign(Object.create(live), {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now)
  })
  const context = yield* Effect.provideService(Layer.build(popug), Clock.Clock, clock)
  const users = Context.get(context, Users)
  yield* users.create(Actor.system, [
    { id: "ann", name: "Ann", roles: ["admin"] },
    { id: "will", name: "Will", roles: ["worker"], identities: [{ issuer: "https://login.example", subject: "W" }] },
    { id: "olga", name: "Olga", roles: ["worker"] }
  ])
  yield* users.update(Actor.system, { id: "olga", status: "deactivated" })
  const asked: Array<ReadonlyArray<string>> = []
  const directory = Context.get(context, Directory)
  const offer: Offer = {
    log: { service: Context.get(context, EventLog), sources },
    directory: {
      lookup: (ids) =>
        Effect.andThen(
          Effect.sync(() => asked.push(ids)),
          directory.lookup(ids)
        )
    },
    identities: Context.get(context, IdentityDirectory),
    prices: Context.get(context, Prices),
    payouts: Context.get(context, Payouts),
    auditTrail: Context.get(yield* Effect.provideContext(Layer.build(AuditTrail.layer), context), AuditTrail)
  }
  const peer = yield* peerAt(yield* serve(Offers.one("acme", offer)))
  const passDay = () => void (passed += 86_400_000)
  return { asked, context, offer, passDay, peer }
})

const byId = <Row extends { readonly id: string }>(rows: ReadonlyArray<Row>) =>
  rows.toSorted((one, other) => (one.id < other.id ? -1 : 1))

describe("the directory of another service", () => {
  it.live("says the same as it does there", () =>
    Effect.gen(function* () {
      const { offer, peer } = yield* acme
      const ids = ["olga", "nobody", "ann", "will", "ann"]
      const remote = yield* Remote.directory(peer, "acme").lookup(ids)
      const own = yield* offer.directory!.lookup(ids)
      assert.deepStrictEqual(byId(remote), byId(own.map(({ id, roles, status }) => ({ id, roles, status }))))
    })
  )

  it.live("is asked once by all who ask at the same moment, and each gets their own", () =>
    Effect.gen(function* () {
      const { asked, peer } = yield* acme
      const { lookup } = Remote.directory(peer, "acme")
      const found = yield* Effect.all(
        Array.from({ length: 200 }, (_, index) => lookup([["ann", "will", "olga"][index % 3]!, "nobody"])),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        found.map((entries) => entries.map(({ id }) => id as string)),
        found.map((_, index) => [["ann", "will", "olga"][index % 3]!])
      )
      assert.deepStrictEqual(
        asked.map((ids) => ids.toSorted()),
        [["ann", "nobody", "olga", "will"]]
      )
    })
  )

  it.live("is asked anew by whoever asks later: nothing is kept", () =>
    Effect.gen(function* () {
      const { context, peer } = yield* acme
      const { lookup } = Remote.directory(peer, "acme")
      assert.deepStrictEqual(
        (yield* lookup(["will"])).map(({ status }) => status),
        ["active"]
      )
      yield* Context.get(context, Users).update(Actor.system, { id: "will", status: "deactivated" })
      assert.deepStrictEqual(
        (yield* lookup(["will"])).map(({ status }) => status),
        ["deactivated"]
      )
    })
  )

  it.live("is asked for many in questions of a thousand, and never for what can be nobody's id", () =>
    Effect.gen(function* () {
      const { asked, peer } = yield* acme
      const many = Array.from({ length: 2_500 }, (_, index) => `u${index}`)
      const odd = ["", " ", "a b", "me", "x".repeat(1_000), "\ud800", "a\0b"]
      assert.deepStrictEqual(
        (yield* Remote.directory(peer, "acme").lookup([...many, ...odd, "ann"])).map(({ id }) => id as string),
        ["ann"]
      )
      assert.deepStrictEqual(asked.map((ids) => ids.length).toSorted(), [1_000, 1_000, 501])
      assert.deepStrictEqual(yield* Remote.directory(peer, "acme").lookup(odd), [])
      assert.lengthOf(asked, 3)
    })
  )

  it.live("fails for all who asked together, and for good where the company is not there", () =>
    Effect.gen(function* () {
      const { peer } = yield* acme
      const { lookup } = Remote.directory(peer, "other")
      const exits = yield* Effect.all([lookup(["ann"]), lookup(["will"])].map(Effect.flip), {
        concurrency: "unbounded"
      })
      for (const error of exits) assert.deepInclude(error, { _tag: "StoreError", retryable: false })
    })
  )
})

describe("sign-in with the users of another service", () => {
  it.live("finds them by their identity, and by their id while they have none", () =>
    Effect.gen(function* () {
      const { peer } = yield* acme
      const people = yield* Effect.provideService(SignIn.elsewhere, IdentityDirectory, Remote.identities(peer, "acme"))
      const resolve = SignIn.make({}, people)
      const signIn = (subject: string, issuer = "https://login.example") =>
        Effect.exit(resolve({ issuer, subject, payload: { sub: subject } }, true))
      assert.deepStrictEqual(yield* signIn("W"), Exit.succeed("will" as UserId))
      assert.deepStrictEqual(yield* signIn("ann"), Exit.succeed("ann" as UserId))
      // Will has an identity: nobody's claim is taken for it.
      for (const subject of ["will", "nobody", "w", "\ud800", ""]) {
        assert.isTrue(Exit.isFailure(yield* signIn(subject)), subject)
      }
      assert.isTrue(Exit.isFailure(yield* signIn("W", "https://other.example")))
    })
  )
})

describe("billing in another service", () => {
  it.live("says what tasks cost, and who was paid out, to the cent", () =>
    Effect.gen(function* () {
      const { context, offer, passDay, peer } = yield* acme
      const tasks = Context.get(context, Tasks)
      const settle = Context.get(context, Consumers).settle
      const { answer } = yield* tasks.create(
        Actor.system,
        Array.from({ length: 30 }, (_, index) => ({ title: `task ${index}` }))
      )
      yield* settle
      const ids: ReadonlyArray<TaskId> = answer.map(({ id }) => id)
      const byTask = (rows: ReadonlyArray<{ readonly task: TaskId; readonly fee: bigint }>) =>
        new Map(rows.map(({ fee, task }) => [task, fee]))
      const remote = byTask(yield* Remote.prices(peer, "acme").fees([...ids, "unknown" as TaskId]))
      assert.deepStrictEqual(remote, byTask(yield* offer.prices!.fees(ids)))
      for (const id of ids) yield* tasks.complete(Actor.system, id)
      passDay()
      const period = (yield* tasks.endRegistration(Actor.system)).answer.ended[0]!
      yield* settle
      const payouts = Remote.payouts(peer, "acme")
      const page = yield* payouts.of(period, { after: undefined, limit: 1 })
      assert.deepStrictEqual(page, yield* offer.payouts!.of(period, { after: undefined, limit: 1 }))
      assert.isAbove(page.rows.length, 0)
      const trail = Remote.auditTrail(peer, "acme")
      const first = yield* trail.of(period, { after: undefined, limit: 2 })
      assert.deepStrictEqual(first, yield* offer.auditTrail!.of(period, { after: undefined, limit: 2 }))
      assert.isTrue(first.more)
      const rest = { after: first.rows.at(-1)!.transfer, limit: 5_000 }
      assert.deepStrictEqual(yield* trail.of(period, rest), yield* offer.auditTrail!.of(period, rest))
    })
  )
})
