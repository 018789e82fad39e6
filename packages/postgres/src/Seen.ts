/**
 * Heads that are looked at and moved without their lock: what is read together with a head, at one moment, and what is
 * written only where the head is still that one.
 */
import type { Head, StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Contexts from "./Contexts.ts"
import { type CompanyDatabase, serverMillis } from "./Database.ts"
import { notOpened } from "./errors.ts"
import type { Asking } from "./Gathered.ts"
import * as Param from "./Param.ts"
import { type Statement, statement } from "./statements.ts"

type Codec<H extends Head.Head> = Contexts.HeadCodec<H>

/** A head as it was seen without its lock. */
export interface Seen {
  /** See `Contexts.markOf`. */
  readonly mark: string
  readonly clock: number
  /** The digest of the head, the transaction that wrote the row, and the server's instant at which it was read. */
  readonly digest: string
  readonly version: string
  readonly at: bigint
}

/** A head's row, as whoever takes no lock reads it. */
export type Row = Contexts.Row &
  Contexts.Kept & { readonly clock: bigint | null; readonly version: string; readonly seen_at: bigint }

/** The columns of such a row of the table `c`. */
const columns = (clockSql: string): string =>
  `${Contexts.headColumns}, ${Contexts.identityColumns}, ${clockSql} as clock, c.xmin::text as version,
    ${serverMillis} as seen_at`

/** Looks at a head, and reads what else is wanted at the same moment: its rows, one list for each statement. */
export const look = (
  db: CompanyDatabase,
  name: Contexts.HeadCodec<never>["name"],
  reads: ReadonlyArray<Statement>
): Effect.Effect<{ readonly row: Row | undefined; readonly rows: ReadonlyArray<ReadonlyArray<unknown>> }, StoreError> =>
  Effect.map(
    db.readTogether<Row & Record<`read${number}`, string | null>>(
      statement(`select ${columns(db.clockSql)} from ${db.schema}.contexts c where company = $1 and name = $2`, [
        db.company,
        Param.text(name)
      ]),
      reads
    ),
    (row) => ({
      row,
      rows: reads.map((_, index) => JSON.parse(row?.[`read${index}`] ?? "[]") as ReadonlyArray<unknown>)
    })
  )

/** What companies ask for by ids, side by side: each id with its company. */
export const keysOf = <Asked extends { readonly db: CompanyDatabase }>(
  asked: ReadonlyArray<Asked>,
  idsOf: (asked: Asked) => ReadonlyArray<string>
) => {
  const all = asked.flatMap((each) => idsOf(each).map((id) => [each.db.number, id] as const))
  return { companies: Param.smallInts(all.map(([company]) => company)), ids: all.map(([, id]) => id) }
}

/**
 * The same for the heads of many companies, each once. The reads are SQL by name, of rows that have a `company`; their
 * parameters begin with `$2`. All of them stand in the first row.
 */
export const lookTogether = <Name extends string>(
  db: Asking,
  name: Contexts.HeadCodec<never>["name"],
  companies: ReadonlyArray<{ readonly number: number }>,
  reads: Readonly<Record<Name, string>>,
  params: ReadonlyArray<Param.Param>,
  /** What the reads have in common, for `with`. */
  common = ""
): Effect.Effect<
  ReadonlyArray<{ readonly row: Row | undefined } & Readonly<Record<Name, ReadonlyArray<unknown>>>>,
  StoreError
> => {
  const names = Object.keys(reads) as Array<Name>
  const once = names.map(
    (each) => `case when place = 1 then (select json_agg(r)::text from (${reads[each]}) r) end as "read ${each}"`
  )
  return Effect.map(
    db.query<Row & { readonly company: number } & Readonly<Record<`read ${Name}`, string | null>>>(
      `${common} select ${["asked.company", columns(db.clockSql), ...once].join(", ")}
        from unnest($1) with ordinality as asked (company, place)
          left join ${db.schema}.contexts c on c.company = asked.company and c.name = '${name}' order by place`,
      [Param.smallInts(companies.map(({ number }) => number)), ...params]
    ),
    (rows) => {
      const found = names.map((each) => {
        const json = rows[0]![`read ${each}`] as string | null
        const read = JSON.parse(json ?? "[]") as ReadonlyArray<{ readonly company: number }>
        return [each, Map.groupBy(read, ({ company }) => company)] as const
      })
      return rows.map((row) => ({
        row: row.state === null ? undefined : row,
        ...(Object.fromEntries(found.map(([each, by]) => [each, by.get(row.company) ?? []])) as unknown as Readonly<
          Record<Name, ReadonlyArray<unknown>>
        >)
      }))
    }
  )
}

/** The head that a row says. Fails where this process may not write under it. */
export const seen = <H extends Head.Head>(
  db: CompanyDatabase,
  { name }: Codec<H>,
  row: Row | undefined
): Effect.Effect<Seen, StoreError> =>
  Effect.gen(function* () {
    if (row === undefined) return yield* notOpened()
    const refused = Contexts.refusal(db, name, row)
    if (refused !== undefined) return yield* refused
    const digest = Param.hexOf(row.digest)
    return {
      mark: Contexts.markOf(Number(row.number), Number(row.at_ms), digest, row.state),
      digest,
      clock: yield* db.instant(row.clock),
      version: row.version,
      at: row.seen_at
    }
  })

/**
 * Moves the head only if nothing has moved it since it was seen, and that not too long ago. Behind a pooler it may be
 * another server by then, which counts its transactions for itself: its head has another digest.
 */
export const move = (
  db: CompanyDatabase,
  name: Contexts.HeadCodec<never>["name"],
  { at, digest, due, number, state }: ReturnType<typeof Contexts.rowAt>,
  seen: Seen
): Statement =>
  statement(
    `update ${db.schema}.contexts
      set number = $3, at_ms = $4, digest = $5, state = $6::text::json${due === null ? "" : ", due_ms = $10"}
      where company = $1 and name = $2 and xmin = $7::text::xid and digest = $8 and ${serverMillis} <= $9 returning 1`,
    [
      db.company,
      Param.text(name),
      Param.int(number),
      Param.int(at),
      Param.digest(digest),
      Param.text(state),
      Param.text(seen.version),
      Param.digest(seen.digest),
      Param.int(untilWhen(db, seen)),
      ...(due === null ? [] : [Param.int(due)])
    ]
  )

/** Until when what was seen may be written by, by the server's clock. */
export const untilWhen = ({ idleMillis }: CompanyDatabase, { at }: Seen): number => Number(at) + idleMillis
