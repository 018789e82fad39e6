/** What billing keeps between its commits never shows in the books, whoever else commits and whatever fails. */
import { assert, it } from "@effect/vitest"
import {
  Actor,
  type BillingChanges,
  type BillingQuery,
  BillingStore,
  Books,
  Consumers,
  EventBus,
  type Ports,
  StoreError,
  Tasks
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  accountant,
  createRoof,
  endDay,
  firstCandidate,
  flatPrices,
  layer,
  manager,
  predictable,
  settle,
  staff,
  toDay
} from "./support.ts"

interface World {
  /** What billing asked its store for, but for a close. */
  readonly asked: Array<Pick<BillingQuery, "accounts" | "prices" | "causes">>
  /** What happens to the next commit of billing that books transfers. */
  next: "nothing" | "fails" | "is lost, but happened"
}

/** A company whose billing store tells what it is asked for, and fails when it is told to. */
const world = () => {
  const state: World = { asked: [], next: "nothing" }
  const unavailable = (committed: "no" | "unknown") =>
    new StoreError({ reason: "Unavailable", retryable: true, committed, message: "away" })
  const watched = Layer.effect(
    BillingStore,
    Effect.map(BillingStore, (store) => ({
      ...store,
      transact: ((body) => {
        let lost: StoreError | undefined
        return store
          .transact((tx) =>
            body({
              ...tx,
              load: (query) => {
                const { accounts, causes, moved, prices } = query
                if (!moved && accounts.length + causes.length + prices.length > 0) {
                  state.asked.push({ accounts, causes, prices })
                }
                return tx.load(query)
              },
              save: (changes: BillingChanges) => {
                const { next } = state
                if (changes.transfers.length > 0) state.next = "nothing"
                if (changes.transfers.length === 0 || next === "nothing") return tx.save(changes)
                if (next === "fails") return Effect.fail(unavailable("no"))
                lost = unavailable("unknown")
                return tx.save(changes)
              }
            })
          )
          .pipe(Effect.flatMap((answer) => (lost === undefined ? Effect.succeed(answer) : Effect.fail(lost))))
      }) as typeof store.transact
    }))
  ).pipe(Layer.provideMerge(Memory.layer))
  return { state, layer: predictable(watched) }
}

const assign = (assignee: string) =>
  Effect.gen(function* () {
    yield* (yield* Tasks).assign(manager, "roof", assignee)
    yield* settle
  })

const create = Effect.gen(function* () {
  yield* staff
  yield* createRoof
  yield* settle
})

/** What the books say of two popugs, once they are proved. */
const balances = Effect.gen(function* () {
  const books = yield* Books
  const { difference } = yield* books.verify(accountant)
  assert.strictEqual(difference, null)
  const { rows } = yield* books.accounts(accountant, {})
  return Object.fromEntries(rows.map(({ balance, owner }) => [owner, balance]))
})

it.effect("what a commit has left, the next does not ask for", () => {
  const { layer, state } = world()
  return Effect.gen(function* () {
    yield* create
    yield* assign("will")
    state.asked.length = 0
    yield* assign("olga")
    yield* assign("will")
    yield* (yield* Tasks).complete(Actor.user("will"), "roof")
    yield* settle
    // The account that awards are made from was not moved before.
    assert.deepStrictEqual(state.asked, [{ accounts: ["company:awards"], causes: [], prices: [] }] as never)
    assert.deepStrictEqual(yield* balances, { olga: -2000n, will: 1000n })
  }).pipe(Effect.provide(layer))
})

it.effect("a commit that failed leaves nothing, and is done again from what is stored", () => {
  const { layer, state } = world()
  return Effect.gen(function* () {
    yield* create
    state.next = "fails"
    yield* Effect.ignore(assign("will"))
    state.asked.length = 0
    yield* assign("olga")
    assert.deepStrictEqual(state.asked[0]?.prices, ["roof"] as never)
    assert.deepStrictEqual(yield* balances, { olga: -2000n, will: -1000n })
  }).pipe(Effect.provide(layer))
})

it.effect("a commit that may have happened leaves nothing, and is not done twice", () => {
  const { layer, state } = world()
  return Effect.gen(function* () {
    yield* create
    state.next = "is lost, but happened"
    yield* Effect.ignore(assign("will"))
    yield* assign("olga")
    assert.deepStrictEqual(yield* balances, { olga: -2000n, will: -1000n })
  }).pipe(Effect.provide(layer))
})

/** A company's services over ports, on a bus that carries nothing: it applies events when it is told to settle. */
const node = (ports: Layer.Layer<Ports>) =>
  Layer.build(
    layer({}, Layer.merge(EventBus.layerNone, ports) as typeof Memory.layer).pipe(
      Layer.provide([flatPrices, firstCandidate])
    )
  )

/** A node whose next commit of transfers does not move its cursor, and books amounts as they are changed. */
const forgetful = (disk: ReturnType<typeof Memory.disk>, change: (amount: bigint) => bigint) => {
  const state = { forgets: false }
  const ports = Layer.effect(
    BillingStore,
    Effect.map(BillingStore, (store) => ({
      ...store,
      transact: ((body) =>
        store.transact((tx) =>
          body({
            ...tx,
            save: (changes) => {
              if (!state.forgets || changes.transfers.length === 0) return tx.save(changes)
              const transfers = changes.transfers.map((row) => ({ ...row, amount: change(row.amount) }))
              return tx.save({ ...changes, transfers, head: { ...changes.head, tasks: tx.head.tasks } })
            }
          })
        )) as typeof store.transact
    }))
  ).pipe(Layer.provideMerge(Memory.layerOn(disk)))
  return Effect.map(node(ports as Layer.Layer<Ports>), (context) => ({ context, state }))
}

it.effect("a cause that is booked already with the same content passes, after the store has refused it", () =>
  Effect.gen(function* () {
    const disk = Memory.disk()
    const { context, state } = yield* forgetful(disk, (amount) => amount)
    yield* Effect.provideContext(create, context)
    state.forgets = true
    yield* Effect.provideContext(assign("will"), context)
    const other = yield* node(Memory.layerOn(disk))
    yield* Effect.provideContext(settle, other)
    assert.deepStrictEqual(yield* Effect.provideContext(balances, other), { olga: -1000n, will: -1000n })
  }).pipe(Effect.scoped)
)

it.effect("a cause that is booked already with other content stops the stream at its event", () =>
  Effect.gen(function* () {
    const disk = Memory.disk()
    const { context, state } = yield* forgetful(disk, (amount) => amount + 1n)
    yield* Effect.provideContext(create, context)
    state.forgets = true
    yield* Effect.provideContext(assign("will"), context)
    const other = yield* node(Memory.layerOn(disk))
    yield* Effect.provideContext(Effect.ignore(settle), other)
    const { status } = Context.get(other, Consumers)
    const stopped = (yield* status).find(({ consumer }) => consumer === "billing")?.stopped
    assert.strictEqual(stopped?.reason, "Poisoned")
    assert.match(stopped?.message ?? "", /^fee\/roof\/2 was booked before with other content, as transfer 2$/)
  }).pipe(Effect.scoped)
)

it.effect("two nodes that commit in turn keep one set of books", () =>
  Effect.gen(function* () {
    const disk = Memory.disk()
    const [here, there] = [yield* node(Memory.layerOn(disk)), yield* node(Memory.layerOn(disk))]
    yield* Effect.provideContext(create, here)
    yield* Effect.provideContext(assign("will"), there)
    yield* Effect.provideContext(assign("olga"), here)
    yield* Effect.provideContext(assign("will"), there)
    yield* Effect.provideContext(
      (yield* Tasks.pipe(Effect.provideContext(here))).complete(Actor.user("will"), "roof"),
      here
    )
    yield* Effect.provideContext(settle, here)
    yield* toDay(1)
    yield* Effect.provideContext(endDay, there)
    assert.deepStrictEqual(yield* Effect.provideContext(balances, here), { olga: -2000n, will: 0n })
  }).pipe(Effect.scoped)
)

/** Ports whose books are kept in whatever database is the primary now. */
const switched = (current: () => Context.Context<Ports>) =>
  Layer.effectContext(
    Effect.sync(() => {
      const books = () => Context.get(current(), BillingStore)
      const follow = new Proxy(books(), {
        get: (_, name: keyof BillingStore["Service"]) => {
          const value = books()[name]
          if (Effect.isEffect(value)) return Effect.suspend(() => books()[name] as Effect.Effect<unknown>)
          return (...asked: ReadonlyArray<never>) =>
            (books()[name] as (...asked: ReadonlyArray<never>) => unknown)(...asked)
        }
      })
      return Context.add(current(), BillingStore, follow)
    })
  )

it.effect("after a failover to a moment before its last commits, billing goes on from what is stored there", () =>
  Effect.gen(function* () {
    // Two databases with the same company, event by event: the books of the second lag behind.
    const [first, second] = [Memory.disk(), Memory.disk()]
    for (const disk of [first, second]) yield* Effect.provideContext(create, yield* node(Memory.layerOn(disk)))
    const standby = yield* Layer.build(Memory.layerOn(second))
    yield* node(Layer.succeedContext(standby))
    let current = yield* Layer.build(Memory.layerOn(first))
    const here = yield* node(switched(() => current))
    for (const popug of ["will", "olga"]) yield* Effect.provideContext(assign(popug), here)
    current = standby
    yield* Effect.provideContext(assign("will"), here)
    assert.deepStrictEqual(yield* Effect.provideContext(balances, here), { olga: -2000n, will: -2000n })
  }).pipe(Effect.scoped)
)
