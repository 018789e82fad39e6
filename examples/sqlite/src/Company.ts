/**
 * What the stores of all contexts have in common: a row with the company's identity, a version that every commit moves,
 * and the head, or the cursor of the reports. Nothing is locked while a body runs: a commit compares the version.
 */
import * as popug from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { attempt, attemptNow, type Database, refuse } from "./Database.ts"
import { fromJson, toJson } from "./json.ts"

/** A context, as far as the stores differ. */
interface Context<State, Changes, Opening extends ReadonlyArray<unknown>> {
  readonly name: popug.CompanyIdentity.Opened["name"]
  readonly initial: (now: DateTime.Utc, ...opening: Opening) => State
  /** The state of an empty stream whose zone or cutoff has changed. */
  readonly moved?: (state: State, now: DateTime.Utc, ...opening: Opening) => State
  /** The instant of a commit, by the clock's. */
  readonly instant: (state: State, clock: DateTime.Utc) => DateTime.Utc
  readonly next: (changes: Changes) => State
  /** Why changes can't follow a state, as far as that can be told without a look at the rows. */
  readonly refusal: (state: State, changes: Changes) => string | undefined
  readonly write: (changes: Changes, now: DateTime.Utc) => void
}

/** What a body gets; `during` wraps statements that are refused once it is over. */
interface Tx<State, Changes> {
  readonly state: State
  readonly now: DateTime.Utc
  readonly during: <A>(work: () => A) => Effect.Effect<A, popug.StoreError>
  readonly save: (changes: Changes) => Effect.Effect<void, popug.StoreError>
}

/** `ready`: see `Readiness`. */
export interface Ready {
  readonly ready: Effect.Effect<void, popug.StoreError>
}

interface Row<State> extends popug.CompanyIdentity.Opened {
  readonly version: number
  readonly state: State
}

type Stored = Record<"identity" | "state", string> & Pick<Row<unknown>, "name" | "version">

const rowsOf = <State>(db: Database, name?: string): ReadonlyArray<Row<State>> =>
  db
    .all<Stored>("select * from contexts where name = coalesce(?, name)", name ?? null)
    .map(({ identity, state, ...row }) => ({ ...row, identity: fromJson(identity), state: fromJson(state) }))

const put = <State>(db: Database, { identity, name, state, version }: Row<State>) =>
  db.replace("contexts", name, version, toJson(identity), toJson(state))

/** Whether tasks and billing have written nothing yet, and billing has applied nothing. */
const isEmpty = (rows: ReadonlyArray<Row<unknown>>) =>
  (rows as ReadonlyArray<Row<{ readonly number: number; readonly tasks?: { readonly number: number } }>>)
    .filter(({ name }) => name === "tasks" || name === "billing")
    .every(({ state: { number, tasks } }) => number === 0 && (tasks === undefined || tasks.number === 0))

/** A transaction that holds nothing until its body is over. */
const run = <State, Changes, Opening extends ReadonlyArray<unknown>, A, E, R>(
  db: Database,
  context: Context<State, Changes, Opening>,
  taken: Row<State>,
  clock: DateTime.Utc,
  body: Body<State, Changes, A, E, R>
) => {
  const now = context.instant(taken.state, clock)
  let isOver = false
  let saved: Changes | popug.StoreError | undefined
  /** Whoever comes too late hears that before anything else. */
  const compare = () => {
    const [row] = db.all<Stored>("select version from contexts where name = ?", taken.name)
    if (row?.version !== taken.version) throw refuse("somebody was first", true)
  }
  const during = <B>(work: () => B) =>
    attempt(() => {
      if (isOver) throw refuse("the transaction is over")
      return work()
    })
  const save = (changes: Changes) =>
    during(() => {
      compare()
      const message = saved === undefined ? context.refusal(taken.state, changes) : "a transaction saves once"
      if (message !== undefined) throw refuse(message)
      saved = changes
    }).pipe(Effect.tapError((error) => Effect.sync(() => void (saved = error))))
  const commit = (changes: Changes) =>
    db.write(() => {
      compare()
      context.write(changes, now)
      put(db, { ...taken, version: taken.version + 1, state: context.next(changes) })
    })
  const end = attempt(() => {
    // A body that only read is compared, too: what it loaded may be newer than its head.
    if (saved === undefined) return compare()
    if (saved instanceof popug.StoreError) throw saved
    commit(saved)
  })
  return Effect.suspend(() => body({ state: taken.state, now, during, save })).pipe(
    Effect.ensuring(Effect.sync(() => (isOver = true))),
    Effect.tap(end)
  )
}

export const make = <State, Changes, Opening extends ReadonlyArray<unknown> = []>(
  db: Database,
  context: Context<State, Changes, Opening>
) => {
  const { name } = context
  /** What this instance was opened for. */
  let configured: popug.Identity | undefined
  /** Its bodies run one after another. */
  const turn = Semaphore.makeUnsafe(1)

  const current = (isOpen = true): Row<State> => {
    const [row] = rowsOf<State>(db, name)
    if (row !== undefined && isOpen) return row
    throw new popug.StoreError({
      reason: "Corrupt",
      retryable: false,
      committed: "no",
      message: "the company was not opened"
    })
  }
  /** The row, if this instance may write. */
  const permitted = (): Row<State> => {
    const row = current(configured !== undefined)
    const other = popug.mismatch(row.identity, configured!)
    if (other !== undefined) throw popug.CompanyIdentity.refused(other)
    return row
  }

  const begin = (company: popug.Identity, write: (now: DateTime.Utc) => popug.CompanyMismatch | undefined) =>
    Effect.flatMap(
      attemptNow((now) => db.write(() => write(now))),
      (other) => (other === undefined ? Effect.sync(() => void (configured = company)) : Effect.fail(other))
    )
  const fresh = (identity: popug.Identity, now: DateTime.Utc, opening: Opening): Row<State> => {
    return { name, version: 0, identity, state: context.initial(now, ...opening) }
  }
  const opened = (company: popug.Identity, now: DateTime.Utc, opening: Opening) => {
    const rows = rowsOf(db)
    const others = rows.flatMap(({ identity }) => popug.mismatch(identity, company) ?? [])
    if (others.length === 0 && rows.every((row) => row.name !== name)) put(db, fresh(company, now, opening))
    return others[0]
  }
  const adopted = (company: popug.Identity, now: DateTime.Utc, opening: Opening) => {
    const rows = rowsOf<State>(db)
    const all = rows.some((row) => row.name === name) ? rows : [...rows, fresh(company, now, opening)]
    const after = popug.CompanyIdentity.adoption(name, all, isEmpty(all), company)
    if (after instanceof popug.CompanyMismatch) return after
    for (const row of all) {
      const { identity } = after.find((one) => one.name === row.name)!
      const isMoved = identity.timeZone !== row.identity.timeZone || identity.cutoff !== row.identity.cutoff
      const moved = row.name === name && isMoved ? context.moved?.(row.state, now, ...opening) : undefined
      put(db, { name: row.name, version: row.version + 1, identity, state: moved ?? row.state })
    }
    return undefined
  }

  return {
    open: (company: popug.Identity, ...opening: Opening) => begin(company, (now) => opened(company, now, opening)),
    adopt: (company: popug.Identity, ...opening: Opening) => begin(company, (now) => adopted(company, now, opening)),
    transact: <A, E, R>(body: Body<State, Changes, A, E, R>) =>
      Effect.flatMap(DateTime.now, (clock) =>
        Effect.flatMap(attempt(permitted), (taken) => run(db, context, taken, clock, body))
      ).pipe(Semaphore.withPermit(turn)),
    state: attempt(() => current().state),
    ready: attempt(() => void (configured === undefined || permitted()))
  }
}

type Body<State, Changes, A, E, R> = (tx: Tx<State, Changes>) => Effect.Effect<A, E, R>
