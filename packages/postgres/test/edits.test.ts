/**
 * The table of edits: what each edit by hand comes to at the next close, and in a verification. A column that nobody
 * thought of changes the snapshot; whatever no verification sees stands below, with the reason.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Actor,
  Assignment,
  Billing,
  BillingStore,
  Company,
  Consumers,
  EventBus,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Pricing,
  startConsumer,
  Tasks,
  Users,
  Verification
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, expect, it } from "vitest"
import { edited, others, places } from "./edits.ts"
import * as Neighbours from "./neighbours.ts"
import { client, freshSchema } from "./support.ts"

const schema = freshSchema()
/** Where the rows are kept as they were. */
const kept = `${schema}_kept`
const monday = Date.parse("2026-11-23T12:00:00Z")
const day = 86_400_000

let millis = monday
const live = Clock.Clock.defaultValue()
const clock: Clock.Clock = {
  currentTimeMillisUnsafe: () => millis,
  currentTimeMillis: Effect.sync(() => millis),
  currentTimeNanosUnsafe: () => BigInt(millis) * 1_000_000n,
  currentTimeNanos: Effect.sync(() => BigInt(millis) * 1_000_000n),
  monotonicTimeNanosUnsafe: () => live.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: live.monotonicTimeNanos,
  sleep: (duration) => live.sleep(duration)
}

const database = ManagedRuntime.make(Postgres.layerDatabase({ ...client, schema, clock: "effect", migrate: true }))
afterAll(() => database.dispose())

/** A process of the company, built anew: it remembers nothing of an edit before. */
const company = Popug.layer.pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      Postgres.layerCompany,
      Ids.layer,
      Notifier.layerLog,
      EventBus.layerNone,
      Layer.succeed(PollInterval, null),
      Layer.succeed(Pricing.Pricing, () => ({ fee: 1000n, award: 3000n })),
      Layer.succeed(Assignment.ChooseAssignee, ({ candidates, task }) =>
        task.id === "door" && task.assignee === null ? candidates[0]! : candidates.at(-1)!
      ),
      Logger.layer([])
    )
  ),
  Layer.provideMerge(Company.layer({ secret: "tests" }))
)

const run = <A, E, R>(body: Effect.Effect<A, E, R>) =>
  database.runPromise(
    Effect.provideService(Effect.provide(body, company, { local: true }), Clock.Clock, clock) as Effect.Effect<A, E>
  )

const sql = (text: string) =>
  database.runPromise(
    Effect.flatMap(PgClient, ({ unsafe, withTransaction }) =>
      withTransaction(
        Effect.andThen(
          unsafe("set local session_replication_role = replica"),
          Effect.forEach(text.replaceAll("SCHEMA", schema).split(";"), (one) => unsafe(one), { discard: true })
        )
      )
    )
  )

const rows = <Row extends object>(text: string) =>
  database.runPromise(Effect.flatMap(PgClient, ({ unsafe }) => unsafe<Row>(text)))

const settle = Effect.flatMap(Consumers, (consumers) => consumers.settle)

/** Two closed days with a correction, and a third day that is open, with all of its events applied. */
const history = Effect.gen(function* () {
  const tasks = yield* Tasks
  const user = (id: string, role: string) => ({ id, name: id, roles: [role] })
  yield* (yield* Users).create(Actor.system, [
    { ...user("acc", "accountant"), roles: ["accountant", "manager"] },
    user("idle", "worker"),
    user("olga", "worker")
  ])
  yield* settle
  yield* startConsumer({ name: "host", source: "tasks", apply: () => Effect.void })
  yield* tasks.create(Actor.system, [
    { id: "door", title: "Paint the door" },
    { id: "roof", title: "Mend the roof" }
  ])
  yield* tasks.complete(Actor.user("olga"), "roof", { commandId: "roof-is-done" })
  for (const [index, id] of ["wall", "moat"].entries()) {
    millis = monday + (index + 1) * day
    yield* tasks.endRegistration(Actor.system)
    yield* settle
    yield* tasks.create(Actor.system, [{ id, title: `Look after the ${id}` }])
    yield* settle
    // The first one costs a fee, the other nothing.
    yield* tasks.shuffle(Actor.user("acc"))
    yield* tasks.complete(Actor.user("olga"), id)
    yield* settle
  }
  yield* (yield* Billing).correct(Actor.user("acc"), { transfer: 2, reason: "not theirs" })
  yield* tasks.create(Actor.user("acc"), [{ id: "open", title: "Count the ducks" }])
  yield* (yield* Users).update(Actor.system, { id: "olga", name: "Olga", identities: [identity] })
  yield* settle
}).pipe(Effect.scoped)

const identity = { issuer: "https://id.example", subject: "olga|1" }

const tables = [...new Set(places.map(({ table }) => table))]

beforeAll(async () => {
  await run(history)
  await sql(`insert into SCHEMA.subscriptions values (1, 'billing', 2, 3) on conflict do nothing`)
  await sql(
    `insert into SCHEMA.claims values (1, 4, 1); insert into SCHEMA.directory values ('popug', 'main', 'open', '{}')`
  )
  await database.runPromise(Neighbours.settle(schema, 1))
  await sql(
    `create schema ${kept}; ${tables.map((table) => `create table ${kept}.${table} as table SCHEMA.${table}`).join(";")}`
  )
  const back = tables.map(
    (table) =>
      `delete from ${schema}.${table}; insert into ${schema}.${table} overriding system value table ${kept}.${table};`
  )
  // One statement is much faster than forty.
  await rows(`create function ${kept}.restore() returns void language plpgsql as $$ begin ${back.join(" ")} end $$`)
}, 300_000)

const restore = () => sql(`select ${kept}.restore()`)

/** What a verification says of the rows as they are; it never fails. */
const verified = Effect.gen(function* () {
  const { contexts } = yield* (yield* Verification).run(Actor.system)
  const found = contexts.flatMap(({ context, difference }) =>
    difference === null ? [] : [`${context}: ${difference.place}`]
  )
  return found.length === 0 ? "-" : found.join(", ")
})

/** What becomes of the close of the open day. */
const closed = Effect.gen(function* () {
  millis = monday + 3 * day
  yield* (yield* Tasks).endRegistration(Actor.system)
  yield* settle
  const { period, tasks } = yield* (yield* BillingStore).head
  if (tasks.stopped !== null) return `${tasks.stopped.reason}: ${tasks.stopped.message.replace(/: expected.*/, "")}`
  return period === "2026-11-26" ? "closes" : "waits"
})

const told = (exit: Exit.Exit<string, unknown>) =>
  Exit.isSuccess(exit) ? exit.value : `fails: ${(Cause.squash(exit.cause) as Error).message.slice(0, 100)}`

/** Edits, looks, and puts everything back. */
const outcome = async (edit: string): Promise<readonly [close: string, verification: string]> => {
  try {
    await sql(edit)
  } catch {
    return ["refused by the table", "refused by the table"]
  }
  try {
    millis = monday + 2 * day
    const [verification, close] = await run(Effect.all([Effect.exit(verified), Effect.exit(closed)]))
    return [told(close), told(verification)]
  } catch (error) {
    return [`refused at start: ${(error as Error).message}`, "refused at start"]
  } finally {
    await restore()
  }
}

/** What no verification sees, and why. */
const unseen: ReadonlyArray<readonly [what: RegExp, why: string]> = [
  [/^commands/, "what was answered is kept for some days, and is in no chain"],
  [/^creations/, "a bound for a day; the events say who created what"],
  [/^contexts \w+: at_ms/, "instants between the last event's and the next are nobody's to prove"],
  [/^contexts tasks: due_ms/, "when it is looked whether the day is over; whether it is, the period and the clock say"],
  [/^claims/, "who does a company's work for the moment"],
  [/^directory/, "which companies a host has, and where: no company's own"],
  [/^contexts users: state/, "users have none"],
  [
    /^cursors: (company|consumer|stopped)/,
    "how far a host's own consumer came is the host's, and so is whether it goes on"
  ],
  [/^events, .*: trace/, "what caused an event is for people who look for causes, and outside of its digest"],
  [/^user_identities: position/, "a single one has no order"],
  [/^subscriptions/, "what the bus may forget: consumers read the log from their cursors"],
  [/^tasks: description/, "descriptions are in no event"],
  [/^notices: (status|attempts|due_ms|last_error)/, "whether a notice was sent is nobody's to prove"],
  [/^popug_migrations/, "it is compared with the migrations at start, and tells nothing of the company"],
  [/billing: (awaiting|approved)/, "the word of a person, until the close"]
]

it("whole books prove themselves, and are closed", async () => {
  expect(await outcome("select 1")).toEqual(["closes", "-"])
})

it("each edit is seen where the table says", async () => {
  const columns = await rows<{ readonly table_name: string; readonly column_name: string; readonly data_type: string }>(
    `select table_name, column_name, data_type from information_schema.columns where table_schema = '${schema}'
      order by table_name, ordinal_position`
  )
  expect([...new Set(columns.map(({ table_name }) => table_name))].sort()).toEqual([...tables].sort())
  const edits = [
    ...places.flatMap(({ name, table, where }) =>
      columns
        .filter(({ table_name }) => table_name === table)
        .map(({ column_name, data_type }) => [
          `${name}: ${column_name}`,
          `update SCHEMA.${table} set ${column_name} = ${edited(table, column_name, data_type)} where ${where}`
        ])
    ),
    ...others
  ] as ReadonlyArray<readonly [string, string]>
  const lines: Array<string> = []
  const surprises: Array<string> = []
  for (const [name, edit] of edits) {
    const [close, verification] = await outcome(edit)
    const reason = unseen.find(([what]) => what.test(name))?.[1]
    if ((verification === "-") !== (reason !== undefined) || verification.startsWith("fails"))
      surprises.push(`${name}: ${verification}`)
    lines.push(
      `${name}\n    close: ${close}\n    verification: ${reason === undefined ? verification : `- (${reason})`}`
    )
  }
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("./snapshots/edits.txt")
  expect(surprises).toEqual([])
}, 900_000)
