/**
 * Another billing in the place of ours, as one might write it at first: it takes events as the bus brings them. Each
 * of its mistakes can be switched on; without any it keeps the same books as ours.
 */
import {
  Access,
  type Actor,
  Billing,
  BillingStore,
  Books,
  Company,
  Consumer,
  Consumers,
  Cursor,
  Digest,
  type Envelope,
  EventBus,
  EventLog,
  Events,
  emptyBillingChanges,
  type Holder,
  layerDirectory,
  layerIdentities,
  Popug,
  Pricing,
  Reports,
  type StoreError,
  Shuffling,
  Streams,
  Tasks,
  Users,
  Verification
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { applyOne, type Mistake, type Naive } from "./naiveBooking.ts"

const make = Effect.fnUntraced(function* (mistake: Mistake) {
  const { calendar, identity, settings } = yield* Company
  const store = yield* BillingStore
  const { sha256 } = yield* Digest.Digest
  const { currency, secret } = settings
  const drawKey = Digest.drawKey(sha256, identity.id, Redacted.value(secret))
  const naive: Naive = {
    mistake,
    store,
    rules: { sha256, calendar, drawKey, currency, price: yield* Pricing.Pricing }
  }
  yield* store.open(identity)
  yield* followTasks(naive)
  yield* followUsers(naive)
  const refused = (actor: Actor.Actor) => Effect.fail(Access.refuse(actor, "ask a naive billing"))
  return Billing.of({ correct: refused, close: refused, resume: refused })
})

/** Applies what the bus brings, as the mistake has it. */
const followTasks = Effect.fnUntraced(function* (naive: Naive) {
  const log = yield* EventLog
  const bus = yield* EventBus
  const apply = (events: ReadonlyArray<Envelope.Envelope>) =>
    Effect.forEach(
      events,
      Effect.fnUntraced(function* (event) {
        for (let more = true; more;) {
          const applied = yield* applyOne(naive, event)
          if (applied.events.length > 0) yield* Effect.ignore(bus.publish(applied.events))
          more = applied.more
        }
      }),
      { discard: true }
    )

  const drain = Effect.gen(function* () {
    const { tasks } = yield* naive.store.head
    const events = yield* log.read("tasks", tasks.number, 10_000)
    yield* apply(events)
    return events.length > 0
  })

  /** What to apply when the bus brings something. */
  const wake = (events: ReadonlyArray<Envelope.Envelope>): Effect.Effect<unknown, StoreError> => {
    const sorted = [...events].sort((a, b) => a.number - b.number)
    if (naive.mistake === "trusts the order of the bus") return apply(events)
    if (naive.mistake === "closes without counting") return apply(sorted)
    if (naive.mistake !== "charges on redelivery") return drain
    return Effect.flatMap(naive.store.head, ({ tasks }) =>
      Effect.andThen(apply(sorted.filter(({ number }) => number <= tasks.number)), drain)
    )
  }

  const subscription = yield* bus.subscribe("billing", "tasks")
  yield* subscription.take.pipe(
    Effect.flatMap((deliveries) =>
      Effect.andThen(
        Effect.ignore(wake(deliveries.map(({ event }) => event))),
        Effect.forEach(deliveries, ({ acknowledge }) => acknowledge, { discard: true })
      )
    ),
    Effect.forever,
    Effect.forkScoped
  )
  const consumers = yield* Consumers
  const status = Effect.map(naive.store.head, ({ tasks }) => ({ ...tasks, behind: 0, failing: null }))
  const awaitApplied = () => Effect.asVoid(drain)
  const applied = Effect.map(status, ({ number }) => number)
  yield* consumers.register({ name: "billing", source: "tasks", drain, applied, awaitApplied, status })
})

/** Names for its read models; nothing is wrong with these. */
const followUsers = ({ rules, store }: Naive) =>
  Consumer.start({
    name: "billing.users",
    source: "users",
    cursor: Effect.map(store.head, ({ users }) => users),
    apply: (after, fetched) =>
      store.transact((tx) => {
        const admitted = Cursor.admit(rules.sha256, tx.head.users, after, fetched)
        const users = Cursor.advance(tx.head.users, admitted, admitted.events.length)
        const holders = admitted.events.map(({ data }): Holder => {
          const { id, name, status = "active" } = data as Pick<Holder, "id" | "name"> & Partial<Holder>
          return { id, name, status }
        })
        return Effect.as(tx.save({ ...emptyBillingChanges, head: { ...tx.head, at: tx.now, users }, holders }), users)
      })
  })

/** A company whose billing makes a mistake. */
export const layer = (mistake: Mistake): typeof Popug.layer =>
  Layer.mergeAll(Streams.layer, Verification.layer, Shuffling.layer, Events.layer).pipe(
    Layer.provideMerge(
      Layer.mergeAll(Users.layer, Tasks.layer, Layer.effect(Billing, make(mistake)), Books.layer, Reports.layer)
    ),
    Layer.provideMerge(
      Layer.mergeAll(Consumers.layer, layerDirectory, layerIdentities, Popug.layerPayouts, Popug.layerPrices)
    )
  )
