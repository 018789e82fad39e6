/**
 * The row of a context: the company it was opened for, and its head. Locking the row is taking the head.
 */
import { CompanyIdentity, type Head, type Identity, mismatch, type StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CompanyDatabase, Name } from "./Database.ts"
import { corrupt, notOpened } from "./errors.ts"
import type { Question } from "./Gathered.ts"
import * as Param from "./Param.ts"
import { type Statement, statement } from "./statements.ts"

/** How a context keeps the part of its head that the others don't have: as JSON. */
export interface HeadCodec<H extends Head.Head> {
  readonly name: Name
  /** When there is something to do though nobody asks for it; epoch milliseconds. */
  readonly due?: (head: H, identity: Identity) => number
  readonly encode: (head: H) => unknown
  readonly decode: (base: Head.Head, state: unknown) => Effect.Effect<H, Schema.SchemaError>
}

/** A codec of a head whose own fields a schema describes. */
export const codec = <H extends Head.Head, State>(
  name: Name,
  schema: Schema.Codec<State, unknown>,
  join: (base: Head.Head, state: State) => H,
  split: (head: H) => State,
  due?: (head: H, identity: Identity) => number
): HeadCodec<H> => {
  const json = Schema.toCodecJson(schema)
  const encode = Schema.encodeSync(json)
  const decode = Schema.decodeUnknownEffect(json)
  return {
    name,
    ...(due === undefined ? {} : { due }),
    encode: (head) => encode(split(head)),
    decode: (base, state) => Effect.map(decode(state), (decoded) => join(base, decoded))
  }
}

/** The columns of a context's head, and of the company that it was opened for. */
export const headColumns = "number, at_ms, digest, state::text as state"
export const identityColumns = `id, time_zone as "timeZone", cutoff, currency, rules, resting`
/** The company that a context was opened for, and whether it was put to rest since. */
export type Kept = Identity & { readonly resting: boolean }
/** The row of a context. */
const own = "company = $1 and name = $2"

export interface Row {
  readonly number: bigint
  readonly at_ms: bigint
  readonly digest: Uint8Array
  readonly state: string
}

const headOf = <H extends Head.Head>({ decode, name }: HeadCodec<H>, row: Row): Effect.Effect<H, StoreError> => {
  const base = {
    number: Number(row.number),
    at: DateTime.makeUnsafe(Number(row.at_ms)),
    digest: Param.hexOf(row.digest)
  }
  return Effect.mapError(decode(base, JSON.parse(row.state)), (error) =>
    corrupt(`the head of ${name} can't be read`, error)
  )
}

/** What tells a head from every other: all that its row says. */
export const markOf = (number: number, at: number, digest: string, state: string): string =>
  `${number} ${at} ${digest} ${state}`

/** A context of a company. */
interface Which {
  readonly company: number
  readonly name: Name
}

const whichParams = (contexts: ReadonlyArray<Which>) => [
  Param.smallInts(contexts.map(({ company }) => company)),
  Param.texts(contexts.map(({ name }) => name))
]

/** The rows of contexts, by their places. */
const byWhich = <Found extends Which>(contexts: ReadonlyArray<Which>, rows: ReadonlyArray<Found>) => {
  const found = new Map(rows.map((row) => [`${row.company}/${row.name}`, row]))
  return contexts.map(({ company, name }) => found.get(`${company}/${name}`))
}

const rowOf: Question<Which, Row | undefined> = {
  one: (db, { company, name }) =>
    Effect.map(
      db.query<Row>(`select ${headColumns} from ${db.schema}.contexts where ${own}`, [
        Param.int4(company),
        Param.text(name)
      ]),
      ([row]) => row
    ),
  many: (db, contexts) =>
    Effect.map(
      db.query<Row & Which>(
        `select company, name, ${headColumns} from unnest($1, $2) as asked (company, name)
          join ${db.schema}.contexts using (company, name)`,
        whichParams(contexts)
      ),
      (rows) => byWhich(contexts, rows)
    )
}

/** The head as it is committed, and its mark. */
export const found = <H extends Head.Head>(
  db: CompanyDatabase,
  codec: HeadCodec<H>
): Effect.Effect<{ readonly head: H; readonly mark: string }, StoreError> =>
  Effect.flatMap(db.gathered.ask(rowOf, { company: db.number, name: codec.name }), (row) =>
    row === undefined
      ? Effect.fail(notOpened())
      : Effect.map(headOf(codec, row), (head) => ({
          head,
          mark: markOf(head.number, head.at.epochMilliseconds, head.digest, row.state)
        }))
  )

interface Instant {
  readonly clock: bigint | null
}

const instantOf: Question<Which, Instant | undefined> = {
  one: (db, { company, name }) =>
    Effect.map(
      db.query<Instant>(`select ${db.clockSql} as clock from ${db.schema}.contexts where ${own}`, [
        Param.int4(company),
        Param.text(name)
      ]),
      ([row]) => row
    ),
  many: (db, contexts) =>
    Effect.map(
      db.query<Instant & Which>(
        `select company, name, ${db.clockSql} as clock from unnest($1, $2) as asked (company, name)
          join ${db.schema}.contexts using (company, name)`,
        whichParams(contexts)
      ),
      (rows) => byWhich(contexts, rows)
    )
}

/** The instant by the clock that gives this context's commits theirs. */
export const now = (db: CompanyDatabase, name: Name): Effect.Effect<DateTime.Utc, StoreError> =>
  Effect.gen(function* () {
    const row = yield* db.gathered.ask(instantOf, { company: db.number, name })
    return row === undefined ? yield* notOpened() : DateTime.makeUnsafe(yield* db.instant(row.clock))
  })

/** Why this process may not write under a context's head: not opened by it, at rest, or another company's now. */
export const refusal = (db: CompanyDatabase, name: Name, stored: Kept): StoreError | undefined => {
  if (stored.resting) return CompanyIdentity.resting(db.id)
  const configured = db.opened.get(name)
  if (configured === undefined) return notOpened()
  const mismatched = mismatch(stored, configured)
  return mismatched === undefined ? undefined : CompanyIdentity.refused(mismatched)
}

/**
 * Takes the head: in a statement of its own, so that all that is read later is at least as new. The clock is read once
 * the row is locked: a subquery that locks is never merged into the query around it.
 */
export const take = <H extends Head.Head>(
  db: CompanyDatabase,
  codec: HeadCodec<H>
): Effect.Effect<{ readonly head: H; readonly mark: string; readonly clock: number }, StoreError> =>
  Effect.gen(function* () {
    const [row] = yield* db.query<Row & Kept & { readonly clock: bigint | null }>(
      `select taken.*, ${db.clockSql} as clock from (
        select ${headColumns}, ${identityColumns} from ${db.schema}.contexts where ${own} for update
      ) taken`,
      [db.company, Param.text(codec.name)]
    )
    if (row === undefined) return yield* notOpened()
    const refused = refusal(db, codec.name, row)
    if (refused !== undefined) return yield* refused
    const head = yield* headOf(codec, row)
    const mark = markOf(head.number, head.at.epochMilliseconds, head.digest, row.state)
    return { head, mark, clock: yield* db.instant(row.clock) }
  })

/** A row as it moves to a head, by column, and the mark of the head. */
export const rowAt = <H extends Head.Head>(codec: HeadCodec<H>, after: H, identity: Identity) => {
  const state = JSON.stringify(codec.encode(after))
  const at = after.at.epochMilliseconds
  const { digest, number } = after
  return {
    number,
    at,
    digest,
    state,
    due: codec.due?.(after, identity) ?? null,
    mark: markOf(number, at, digest, state)
  }
}

/** What moves the head that the transaction holds, and the mark of the head after it. */
export const move = <H extends Head.Head>(
  db: CompanyDatabase,
  codec: HeadCodec<H>,
  after: H,
  identity = db.opened.get(codec.name)!
): { readonly statement: Statement; readonly mark: string } => {
  const { at, digest, due, mark, number, state } = rowAt(codec, after, identity)
  return {
    statement: statement(
      `update ${db.schema}.contexts
        set number = $3, at_ms = $4, digest = $5, state = $6::text::json${due === null ? "" : ", due_ms = $7"} where ${own}`,
      [
        db.company,
        Param.text(codec.name),
        Param.int(number),
        Param.int(at),
        Param.digest(digest),
        Param.text(state),
        ...(due === null ? [] : [Param.int(due)])
      ]
    ),
    mark
  }
}

/** Makes stale what was seen without a lock: what was to be written by it, and is still on its way, is not written. */
export const touch = <H extends Head.Head>(
  db: CompanyDatabase,
  { name }: HeadCodec<H>
): Effect.Effect<void, StoreError> =>
  Effect.asVoid(
    db.query(`update ${db.schema}.contexts set number = number where ${own}`, [db.company, Param.text(name)])
  )
