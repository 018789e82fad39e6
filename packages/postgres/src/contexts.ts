/**
 * The row of a context: the company it was opened for, and its head. Locking the row is taking the head.
 */
import { type CompanyMismatch, type Head, type Identity, mismatch, type StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Database, type Statement, statement } from "./Database.ts"
import { corrupt, notOpened } from "./errors.ts"
import * as Param from "./params.ts"

export type Name = "users" | "tasks" | "billing" | "reports"

/** How a context keeps the part of its head that the others don't have: as JSON. */
export interface HeadCodec<H extends Head.Head> {
  readonly name: Name
  readonly encode: (head: H) => unknown
  readonly decode: (base: Head.Head, state: unknown) => Effect.Effect<H, Schema.SchemaError>
}

/** A codec of a head whose own fields a schema describes. */
export const codec = <H extends Head.Head, State>(
  name: Name,
  schema: Schema.Codec<State, unknown>,
  join: (base: Head.Head, state: State) => H,
  split: (head: H) => State
): HeadCodec<H> => {
  const json = Schema.toCodecJson(schema)
  const encode = Schema.encodeSync(json)
  const decode = Schema.decodeUnknownEffect(json)
  return {
    name,
    encode: (head) => encode(split(head)),
    decode: (base, state) => Effect.map(decode(state), (decoded) => join(base, decoded))
  }
}

interface Row {
  readonly number: bigint
  readonly at_ms: bigint
  readonly digest: string
  readonly state: unknown
}

const headOf = <H extends Head.Head>({ decode, name }: HeadCodec<H>, row: Row): Effect.Effect<H, StoreError> => {
  const base = { number: Number(row.number), at: DateTime.makeUnsafe(Number(row.at_ms)), digest: row.digest }
  return Effect.mapError(decode(base, row.state), (error) => corrupt(`the head of ${name} can't be read`, error))
}

/** The head as it is committed. */
export const head = <H extends Head.Head>(db: Database, codec: HeadCodec<H>): Effect.Effect<H, StoreError> =>
  Effect.flatMap(
    db.query<Row>(`select number, at_ms, digest, state from ${db.schema}.contexts where name = $1`, [
      Param.text(codec.name)
    ]),
    ([row]) => (row === undefined ? Effect.fail(notOpened()) : headOf(codec, row))
  )

/** The instant by the clock that gives this context's commits theirs. */
export const now = (db: Database, name: Name): Effect.Effect<DateTime.Utc, StoreError> =>
  Effect.gen(function* () {
    const [row] = yield* db.query<{ readonly clock: bigint | null }>(
      `select ${db.clockSql} as clock from ${db.schema}.contexts where name = $1`,
      [Param.text(name)]
    )
    return row === undefined ? yield* notOpened() : DateTime.makeUnsafe(yield* db.instant(row.clock))
  })

/**
 * Takes the head: in a statement of its own, so that all that is read later is at least as new. The clock is read once
 * the row is locked: a subquery that locks is never merged into the query around it.
 */
export const take = <H extends Head.Head>(
  db: Database,
  codec: HeadCodec<H>
): Effect.Effect<{ readonly head: H; readonly clock: number }, StoreError> =>
  Effect.gen(function* () {
    const [row] = yield* db.query<Row & { readonly clock: bigint | null }>(
      `select taken.*, ${db.clockSql} as clock from (
        select number, at_ms, digest, state from ${db.schema}.contexts where name = $1 for update
      ) taken`,
      [Param.text(codec.name)]
    )
    if (row === undefined) return yield* notOpened()
    return { head: yield* headOf(codec, row), clock: yield* db.instant(row.clock) }
  })

/** Moves the head that this transaction holds. */
export const move = <H extends Head.Head>(db: Database, codec: HeadCodec<H>, after: H): Statement =>
  statement(
    `update ${db.schema}.contexts set number = $2, at_ms = $3, digest = $4, state = $5::text::json where name = $1`,
    [
      Param.text(codec.name),
      Param.int(after.number),
      Param.int(after.at.epochMilliseconds),
      Param.text(after.digest),
      Param.text(JSON.stringify(codec.encode(after)))
    ]
  )

interface IdentityRow {
  readonly id: string
  readonly timeZone: string
  readonly cutoff: string
  readonly currency: Identity["currency"]
}

const stored = (db: Database, name: Name) =>
  Effect.map(
    db.query<IdentityRow>(
      `select company as id, time_zone as "timeZone", cutoff, currency from ${db.schema}.contexts where name = $1`,
      [Param.text(name)]
    ),
    ([row]) => row
  )

/** Opens the context at the first call, compares the identity at later ones; nodes that do it at once agree. */
export const open = <H extends Head.Head>(
  db: Database,
  codec: HeadCodec<H>,
  identity: Identity,
  first: (now: DateTime.Utc) => H
): Effect.Effect<void, CompanyMismatch | StoreError> =>
  Effect.gen(function* () {
    let row = yield* stored(db, codec.name)
    if (row === undefined) {
      const head = first(DateTime.makeUnsafe(yield* db.now))
      yield* db.query(
        `insert into ${db.schema}.contexts
            (name, company, time_zone, cutoff, currency, number, at_ms, digest, state)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::json)
          on conflict (name) do nothing`,
        [
          ...[codec.name, identity.id, identity.timeZone, identity.cutoff, identity.currency].map(Param.text),
          Param.int(head.number),
          Param.int(head.at.epochMilliseconds),
          Param.text(head.digest),
          Param.text(JSON.stringify(codec.encode(head)))
        ]
      )
      row = yield* stored(db, codec.name)
    }
    if (row === undefined) return yield* notOpened()
    const mismatched = mismatch(row, identity)
    if (mismatched !== undefined) return yield* mismatched
  })
