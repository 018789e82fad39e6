/**
 * Another billing in the place of ours, as one might write it at first: it takes events as the bus brings them. Each
 * of its mistakes can be switched on; without any it keeps the same books as ours.
 */
import {
  Account,
  Access,
  type Actor,
  Billing,
  type BillingChanges,
  BillingStore,
  type BillingTransaction,
  Books,
  BusinessDay,
  Catalog,
  Closing,
  Company,
  Consumer,
  Consumers,
  Cursor,
  Digest,
  Envelope,
  EventBus,
  EventLog,
  Events,
  type Holder,
  layerDirectory,
  Ledger,
  Popug,
  Pricing,
  Reports,
  type StoreError,
  reactToShuffle,
  reactToTask,
  type Rulebook,
  Shuffles,
  Streams,
  Tasks,
  Transfer,
  Users,
  Verification
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export type Mistake =
  | "nothing"
  /** Events are applied as they come, and a marker closes the day. */
  | "trusts the order of the bus"
  /** Events are put in order as far as they have come, but nobody counts whether all have. */
  | "closes without counting"
  /** An event that comes again is charged again. */
  | "charges on redelivery"
  /** A day is over when billing's clock says so. */
  | "goes by its own clock"

const none: Omit<BillingChanges, "head"> = {
  events: [],
  transfers: [],
  prices: [],
  accounts: [],
  balances: [],
  holders: [],
  closed: [],
  shuffles: [],
  commands: []
}

type Task = Catalog.EventOf<"task.updated">

const make = (mistake: Mistake) =>
  Effect.gen(function* () {
    const company = yield* Company
    const store = yield* BillingStore
    const log = yield* EventLog
    const bus = yield* EventBus
    const { sha256 } = yield* Digest.Digest
    const { currency, secret } = company.settings
    const drawKey = Digest.drawKey(sha256, company.identity.id, Redacted.value(secret))
    const { calendar } = company
    const rules: Rulebook = { sha256, calendar, drawKey, currency, price: yield* Pricing.Pricing }
    yield* store.open(company.identity)

    const load = (tx: BillingTransaction, event: Catalog.Event) => {
      const task = event.type === "task.updated" ? event.data : undefined
      const popug = task?.assign ? [Account.popug(task.assign)] : []
      return tx.load({
        prices: task === undefined ? [] : [task.id],
        causes: task === undefined ? [] : [Transfer.feeKey(task.id, task.assignment), Transfer.awardKey(task.id)],
        accounts: [Account.fees, Account.awards, Account.cash, ...popug],
        // By its own clock any event may close the day.
        moved: task === undefined || mistake === "goes by its own clock",
        transfers: [],
        commands: []
      })
    }

    /** The day that the event closes; null when it closes none. */
    const closes = (ledger: Ledger.Ledger, event: Catalog.Event, tx: BillingTransaction) => {
      if (mistake === "goes by its own clock") {
        const today = BusinessDay.periodAt(company.calendar, tx.now)
        ledger.period ??= today
        return ledger.period < today ? ledger.period : null
      }
      if (event.type !== "task.registration-ended") return null
      const { period } = event.data
      return ledger.period === null || ledger.period === period ? period : null
    }

    const charge = (ledger: Ledger.Ledger, event: Task, again: boolean) => {
      const assignment = again ? 1_000_000 + ledger.journal : event.data.assignment
      // What comes late is booked in the day that is open.
      const data = { ...event.data, assignment, period: ledger.period ?? event.data.period }
      reactToTask(ledger, rules, { ...event, data })
    }

    /** Applies one event in a commit of its own; tells whether it must be applied once more. */
    const applyOne = (envelope: Envelope.Envelope) =>
      store
        .transact((tx) =>
          Effect.gen(function* () {
            const event = yield* Effect.orDie(Effect.fromResult(Catalog.decode(envelope)))
            const again = envelope.number <= tx.head.tasks.number
            if (again && mistake === "nothing") return { more: false, events: [] }
            const ledger = Ledger.make(tx.head, tx.now, yield* load(tx, event))
            const digest = Envelope.digest(sha256, envelope)
            const day = closes(ledger, event, tx)
            Shuffles.finish(ledger, envelope.number)
            const { number, time } = envelope
            const closed =
              day === null ? null : Closing.closeDay(rules, tx.head, ledger, { period: day, number, digest, time })
            if (closed === null && event.type === "task.updated") {
              charge(ledger, event, again && mistake === "charges on redelivery")
            } else if (closed === null && event.type === "task.shuffled" && !again) {
              const data = { ...event.data, period: ledger.period ?? event.data.period }
              reactToShuffle(ledger, { ...event, data })
            }
            if (!again) Shuffles.finish(ledger, envelope.number + 1)
            const place =
              closed === null
                ? { ...Ledger.moved(ledger), head: { ...Ledger.headAfter(ledger, sha256, tx.head), at: tx.now } }
                : { ...closed.moved, head: closed.head, events: closed.events, closed: [closed.closed] }
            const changes = { ...none, ...place }
            const more = closed !== null && mistake === "goes by its own clock"
            const tasks = again || more ? tx.head.tasks : { ...tx.head.tasks, number: envelope.number, digest }
            yield* tx.save({
              ...changes,
              head: { ...place.head, tasks },
              transfers: ledger.transfers,
              prices: ledger.newPrices,
              shuffles: ledger.shuffles
            })
            return { more, events: changes.events }
          })
        )
        .pipe(Effect.tap(({ events }) => (events.length === 0 ? Effect.void : Effect.ignore(bus.publish(events)))))

    const apply = (events: ReadonlyArray<Envelope.Envelope>) =>
      Effect.forEach(
        events,
        Effect.fnUntraced(function* (event) {
          while ((yield* applyOne(event)).more) continue
        }),
        { discard: true }
      )

    const drain = Effect.gen(function* () {
      const { tasks } = yield* store.head
      const events = yield* log.read("tasks", tasks.number, 10_000)
      yield* apply(events)
      return events.length > 0
    })

    /** What to apply when the bus brings something. */
    const wake = (events: ReadonlyArray<Envelope.Envelope>): Effect.Effect<unknown, StoreError> => {
      const sorted = [...events].sort((a, b) => a.number - b.number)
      if (mistake === "trusts the order of the bus") return apply(events)
      if (mistake === "closes without counting") return apply(sorted)
      if (mistake !== "charges on redelivery") return drain
      return Effect.flatMap(store.head, ({ tasks }) =>
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
    const status = Effect.map(store.head, ({ tasks }) => ({ ...tasks, behind: 0, failing: null }))
    const awaitApplied = () => Effect.asVoid(drain)
    yield* consumers.register({ name: "billing", source: "tasks", drain, awaitApplied, status })
    yield* Consumer.start({
      name: "billing.users",
      source: "users",
      cursor: Effect.map(store.head, ({ users }) => users),
      apply: (after, fetched) =>
        store.transact((tx) => {
          const admitted = Cursor.admit(sha256, tx.head.users, after, fetched)
          const users = Cursor.advance(tx.head.users, admitted, admitted.events.length)
          const holders = admitted.events.map(({ data }): Holder => {
            const { id, name, status = "active" } = data as Pick<Holder, "id" | "name"> & Partial<Holder>
            return { id, name, status }
          })
          return Effect.as(tx.save({ ...none, head: { ...tx.head, at: tx.now, users }, holders }), users)
        })
    })

    const refused = (actor: Actor.Actor) => Effect.fail(Access.refuse(actor, "ask a naive billing"))
    return Billing.of({ correct: refused, close: refused, resume: refused })
  })

/** A company whose billing makes a mistake. */
export const layer = (mistake: Mistake): typeof Popug.layer =>
  Layer.mergeAll(Streams.layer, Verification.layer, Events.layer).pipe(
    Layer.provideMerge(
      Layer.mergeAll(Users.layer, Tasks.layer, Layer.effect(Billing, make(mistake)), Books.layer, Reports.layer)
    ),
    Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory)),
    Layer.provide(Popug.layerPayouts)
  )
