/**
 * An adapter that holds no lock while a body runs: it compares the version of the head, or of the cursor, at commit.
 * It is the memory adapter, whose transactions it takes for the statements of a database.
 */
import {
  BillingStore,
  type Cursor,
  CursorStore,
  type Head,
  type Ports,
  ReportStore,
  type ReportTransaction,
  StoreError,
  TaskStore,
  UserStore
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"

/** How it is done, or done wrong. */
export interface Style {
  /** What says whether somebody was first: the head, its number alone, every attempt; nothing drops the check. */
  readonly version: "head" | "number" | "attempts" | "nothing"
  /** Whether a transaction that saves nothing is checked too: what it read may be newer than its head. */
  readonly checksReads: boolean
  /** Whether the check comes before all other refusals. */
  readonly checksFirst: boolean
  readonly retryable: boolean
}

const right: Style = { version: "head", checksReads: true, checksFirst: true, retryable: true }

const refuse = (message: string, retryable = false) =>
  new StoreError({ reason: "Conflict", retryable, committed: "no", message })

interface Tx {
  readonly head: Head.Head
  readonly now: DateTime.Utc
  readonly load: (query: never) => Effect.Effect<unknown, StoreError>
  /** Billing's. */
  readonly moves?: (after: number) => Effect.Effect<unknown, StoreError>
  readonly save: (changes: never) => Effect.Effect<void, StoreError>
}
type Transact<T> = <A, E>(body: (tx: T) => Effect.Effect<A, E>) => Effect.Effect<A, E | StoreError>

/** Runs bodies of this instance one after another, over what was read at their start; writes at their end. */
const optimistic = <T extends Pick<Tx, "save">>(
  transact: Transact<T>,
  style: Style,
  versionOf: (tx: T) => unknown,
  disk: Shared
): Transact<T> => {
  const turn = Semaphore.makeUnsafe(1)
  const version = (tx: T) => (style.version === "attempts" ? disk.attempts : versionOf(tx))
  return (body) =>
    Semaphore.withPermit(
      turn,
      Effect.gen(function* () {
        const [seen, before] = yield* transact((tx) => Effect.succeed([tx, version(tx)] as const))
        let isOver = false
        let staged: unknown
        let refusal: StoreError | undefined
        const alive = <A>(effect: Effect.Effect<A, StoreError>) =>
          Effect.suspend(() => (isOver ? Effect.fail(refuse("the transaction is over")) : effect))
        const tx = {
          ...seen,
          load: (query: never) => alive(transact((current) => (current as unknown as Tx).load(query))),
          moves: (after: number) => alive(transact((current) => (current as unknown as Tx).moves!(after))),
          save: (changes: unknown) =>
            alive(
              Effect.suspend(() => {
                if (staged !== undefined) return Effect.fail((refusal = refuse("a transaction saves once")))
                staged = changes
                return Effect.void
              })
            )
        }
        const answer = yield* Effect.ensuring(
          Effect.suspend(() => body(tx)),
          Effect.sync(() => {
            isOver = true
            disk.attempts += 1
          })
        )
        if (refusal !== undefined) return yield* refusal
        const isChecked = style.version !== "nothing" && (staged !== undefined || style.checksReads)
        yield* transact((current) => {
          const isStale = isChecked && version(current) !== before
          const check = isStale ? Effect.fail(refuse("somebody was first", style.retryable)) : Effect.void
          const save = staged === undefined ? Effect.void : current.save(staged as never)
          return style.checksFirst ? Effect.andThen(check, save) : Effect.andThen(save, check)
        })
        return answer
      })
    )
}

interface Shared {
  readonly disk: Memory.Disk
  attempts: number
}

/** A store with a head. */
const underHead = <S extends { readonly transact: unknown }>(store: S, style: Style, shared: Shared): S => {
  const versionOf = ({ head }: Tx) => (style.version === "number" ? head.number : head)
  return { ...store, transact: optimistic(store.transact as Transact<Tx>, style, versionOf, shared) }
}

const reportsUnder = (store: ReportStore["Service"], style: Style, shared: Shared): ReportStore["Service"] => ({
  ...store,
  transact: optimistic(
    store.transact as unknown as Transact<ReportTransaction>,
    style,
    ({ cursor }) => cursor,
    shared
  ) as never
})

class Looked {
  readonly answer: unknown
  constructor(answer: unknown) {
    this.answer = answer
  }
}

/** A store of cursors; a cursor is its own version. */
const cursorsUnder = (store: CursorStore["Service"], style: Style, shared: Shared): CursorStore["Service"] => {
  const consumers = new Map<string, Transact<{ readonly cursor: Cursor.Cursor } & Pick<Tx, "save">>>()
  const transactOf = (consumer: string, source: Cursor.Cursor["source"]) => {
    const key = `${consumer} of ${source}`
    const known = consumers.get(key)
    if (known !== undefined) return known
    const plain: Transact<{ readonly cursor: Cursor.Cursor } & Pick<Tx, "save">> = (body) =>
      store
        .transact(consumer, source, (cursor) => {
          let after: Cursor.Cursor | undefined
          const save = (changed: never) => Effect.sync(() => void (after = changed))
          return Effect.flatMap(body({ cursor, save }), (answer) =>
            // A look at the cursor stores none.
            after === undefined ? Effect.fail(new Looked(answer)) : Effect.succeed([answer, after] as const)
          )
        })
        .pipe(
          Effect.catchIf(
            (error): error is Looked => error instanceof Looked,
            ({ answer }) => Effect.succeed(answer as never)
          )
        )
    const made = optimistic(plain, style, ({ cursor }) => JSON.stringify(cursor), shared)
    consumers.set(key, made)
    return made
  }
  const transact = <A, E>(
    consumer: string,
    source: Cursor.Cursor["source"],
    body: (cursor: Cursor.Cursor) => Effect.Effect<readonly [A, Cursor.Cursor], E>
  ) =>
    transactOf(
      consumer,
      source
    )(({ cursor, save }) => Effect.flatMap(body(cursor), ([answer, after]) => Effect.as(save(after as never), answer)))
  return { ...store, transact: transact as never }
}

/** All ports over a disk, in such a style. */
const layerOver = (shared: Shared, style: Style): Layer.Layer<Ports | CursorStore> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const context = yield* Effect.context<Ports | CursorStore>()
      return context.pipe(
        Context.add(UserStore, underHead(yield* UserStore, style, shared)),
        Context.add(TaskStore, underHead(yield* TaskStore, style, shared)),
        Context.add(BillingStore, underHead(yield* BillingStore, style, shared)),
        Context.add(ReportStore, reportsUnder(yield* ReportStore, style, shared)),
        Context.add(CursorStore, cursorsUnder(yield* CursorStore, style, shared))
      )
    })
  ).pipe(Layer.provide(Layer.suspend(() => Memory.layerOn(shared.disk))))

/** A way to make any number of instances over an empty disk. */
export const sharing =
  (change: Partial<Style> = {}) =>
  (): Layer.Layer<Ports | CursorStore> =>
    layerOver({ disk: Memory.disk(), attempts: 0 }, { ...right, ...change })
