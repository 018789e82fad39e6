/**
 * Layers over a schema of their own in the tests' database.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { BusError, Company, EventBus, type Envelope } from "@popug/core"
import { Postgres } from "@popug/postgres"
import { instances } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inject } from "vitest"
import { bytesOf } from "../src/Traces.ts"
import { identity } from "./users.ts"

let count = 0

/** The name of a schema that nobody has used. */
export const freshSchema = () => `popug_${process.pid}_${(count += 1)}`

export const client: PgClient.PgPoolConfig = { url: Redacted.make(inject("databaseUrl")), ssl: false }

/** How the driver reaches the tests' database without opening the socket itself. */
export const connection = (() => {
  const { password, pathname, username } = new URL(inject("databaseUrl"))
  return {
    url: undefined,
    username,
    database: pathname.slice(1),
    ...(password === "" ? {} : { password: Redacted.make(password) })
  }
})()

/** Ports of the company of an id. */
export const of =
  (id: string) =>
  <A, E, R>(ports: Layer.Layer<A, E, R>) =>
    Layer.provide(ports, Layer.orDie(Company.layer({ id, secret: "s" })))

/** All ports of the tests' company on a schema of their own, empty, with Effect's clock. */
export const fresh = (options: Partial<Postgres.LayerOptions & PgClient.PgPoolConfig> = {}) =>
  Layer.unwrap(
    Effect.sync(() => Postgres.layer({ ...client, clock: "effect", migrate: true, schema: freshSchema(), ...options }))
  ).pipe(of(identity.id))

const rowOf = ({ time, trace, ...event }: Envelope.Envelope) => ({
  ...event,
  at_ms: time.epochMilliseconds,
  trace: Buffer.from(bytesOf(trace)).toString("hex")
})

/**
 * The bus of a new schema. It carries what is in the log, where every event is before it is published; so what
 * a suite publishes, which nobody has committed, is put there first.
 */
export const committedBus = <E>(
  ports: (schema: string) => Layer.Layer<EventBus | PgClient.PgClient, E, Company>
): Layer.Layer<EventBus, E> =>
  Layer.unwrap(
    Effect.sync(() => {
      const schema = freshSchema()
      return Layer.effect(
        EventBus,
        Effect.gen(function* () {
          const bus = yield* EventBus
          const { unsafe } = yield* PgClient.PgClient
          const commit = (events: ReadonlyArray<Envelope.Envelope>) =>
            unsafe(
              `insert into ${schema}.events (company, source, number, form, at_ms, actor, previous, data, trace)
                select max(c.number), array_position('{users,tasks,billing}', e.source), e.number, 0, at_ms,
                  actor, decode(previous, 'hex'), json_build_array(type, version, data::json)::text, decode(trace, 'hex')
                from ${schema}.companies c, json_to_recordset($1::text::json) as e (
                  source text, number bigint, type text, version int, at_ms bigint, actor text, previous text, data text, trace text
                ) group by 2, 3, 4, 5, 6, 7, 8, 9 on conflict do nothing`,
              [JSON.stringify(events.map(rowOf))]
            )
          return EventBus.of({
            ...bus,
            publish: (events) =>
              Effect.andThen(
                Effect.mapError(commit(events), (cause) => new BusError({ message: "not committed", cause })),
                bus.publish(events)
              )
          })
        })
      ).pipe(Layer.provide(of(identity.id)(ports(schema))))
    })
  )

/** The bus of a schema of its own. */
export const freshBus = committedBus((schema) => Postgres.layer({ ...client, clock: "effect", migrate: true, schema }))

/** Takes all companies out of a schema. */
const empty = (schema: string) =>
  Effect.gen(function* () {
    const { unsafe, withTransaction } = yield* PgClient.PgClient
    const tables = yield* unsafe<{ readonly name: string }>(
      `select table_name as name from information_schema.columns
        where table_schema = $1 and (column_name = 'company' or table_name in ('companies', 'directory'))
        group by table_name`,
      [schema]
    )
    yield* withTransaction(
      Effect.andThen(
        unsafe("set local session_replication_role = replica"),
        Effect.forEach(tables, ({ name }) => unsafe(`delete from ${schema}.${name}`), { discard: true })
      )
    )
  })

/**
 * A home of companies and their directory in a database that is open: one schema, emptied each time, since what is
 * found among all companies of a schema is not to be those of others.
 */
export const hostOver = <E>(client: Layer.Layer<PgClient.PgClient, E>) => {
  const schema = freshSchema()
  const host = Layer.mergeAll(Postgres.layerHome, Postgres.layerDirectory).pipe(
    Layer.provide(Postgres.layerDatabaseOver({ schema, clock: "effect", migrate: true, listen: false }))
  )
  const emptied = Effect.andThen(Postgres.migrate({ schema }), empty(schema))
  return Layer.unwrap(Effect.as(emptied, host)).pipe(Layer.provide(client))
}

/** Two databases of companies, each the home of one instance. */
export const databases = <A, E>(one: Layer.Layer<A, E>, other: Layer.Layer<A, E>) =>
  instances(() => {
    let isOther = false
    return Layer.suspend(() => {
      const built = isOther ? other : one
      isOther = true
      return built
    })
  })

/** Begins a transaction of somebody else, on a connection of the scope; what is given is run in it. */
export const elsewhere = Effect.fnUntraced(function* (sql: PgClient.PgClient) {
  const connection = yield* sql.reserve
  const own = <A, E>(statement: Effect.Effect<A, E>) =>
    Effect.provideService(statement, sql.transactionService, [connection, 0])
  yield* own(sql.unsafe("begin"))
  return own
})
