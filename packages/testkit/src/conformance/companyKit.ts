/**
 * What the suites of companies' ports are written with: companies that are opened together, and commits of each.
 */
import {
  BillingStore,
  BusinessDay,
  Company,
  CompanyHome,
  type CompanyRecord,
  type CursorStore,
  type Identity,
  type OpeningCompany,
  type Ports,
  ReportStore,
  type StoreError,
  TaskStore,
  UserStore
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { kit as billing } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { notice } from "./reportKit.ts"
import { kit as tasks } from "./taskKit.ts"
import { kit as users } from "./userStore.ts"

/** The record of a company of the suites. */
export const record = (id: string, change: Partial<CompanyRecord> = {}): CompanyRecord => ({
  id,
  database: "main",
  status: "open",
  settings: {
    timeZone: Data.identity.timeZone,
    cutoff: Data.identity.cutoff,
    currency: Data.identity.currency,
    closing: "automatic",
    longestJump: 31
  },
  moves: 0,
  ...change
})

/** A company as it is opened; by default at four in the morning of Prague, as all of the suites. */
export const opening = (id: string, change: Partial<Identity> = {}): OpeningCompany => {
  const identity: Identity = { ...Data.identity, id, ...change }
  const calendar = BusinessDay.makeCalendar(identity.timeZone, identity.cutoff)
  return { id, identities: { users: identity, tasks: identity, billing: identity, reports: identity }, calendar }
}

/** Opens companies by their ids. */
export const open = (...ids: ReadonlyArray<string>) =>
  Effect.flatMap(CompanyHome, (home) => home.open(ids.map((id) => opening(id))))

/** The ports of a company, built anew. */
export const portsOf = (home: CompanyHome["Service"], id: string) =>
  Layer.fresh(home.ports).pipe(Layer.provide(Layer.orDie(Company.layer({ id, secret: "one" }))))

/** Does something with the ports of a company that this process has not opened: reads find what is there. */
export const looking = <A, E>(id: string, body: Effect.Effect<A, E, Ports | CursorStore>) =>
  Effect.flatMap(CompanyHome, (home) => Effect.provide(body, portsOf(home, id)))

/** Does something with the ports of a company, opened by each of its stores as a process would. */
export const within = <A, E>(
  id: string,
  body: Effect.Effect<A, E, Ports | CursorStore>,
  identity: Identity = opening(id).identities.users
) =>
  Effect.flatMap(CompanyHome, (home) =>
    Effect.gen(function* () {
      const { calendar } = opening(id)
      yield* (yield* UserStore).open(identity)
      yield* (yield* TaskStore).open(identity, (now) => BusinessDay.periodAt(calendar, now))
      yield* (yield* BillingStore).open(identity)
      yield* (yield* ReportStore).open(identity)
      return yield* body
    }).pipe(Effect.provide(portsOf(home, id)))
  )

type Context = "users" | "tasks" | "billing" | "reports"

/** A commit of each context: of one event, or of a notice. */
export const commits: Readonly<Record<Context, Effect.Effect<void, StoreError, Ports>>> = {
  users: users.transact((tx) => tx.save(users.changes(tx, ["ann"]))),
  tasks: tasks.transact((tx) => tx.save(tasks.changes(tx, ["mend"]))),
  billing: billing.transact((tx) => tx.save(billing.changes(tx, ["mend"]))),
  reports: Effect.flatMap(ReportStore, (store) =>
    store.transact((tx) => tx.save({ cursor: tx.cursor, reports: [], notices: [notice("a")] }))
  )
}

/** Where the heads of a company stand, and how it was opened. */
export const heads = Effect.gen(function* () {
  const [user, task, bill] = [yield* UserStore, yield* TaskStore, yield* BillingStore]
  return {
    numbers: [(yield* user.head).number, (yield* task.head).number, (yield* bill.head).number],
    reports: (yield* (yield* ReportStore).cursor).number,
    period: (yield* task.head).period
  }
})
