/**
 * Small commits of many companies as one statement: it moves the heads that are the ones that were seen, and writes the
 * rows of these companies and of no others. Each is done, or not, by itself.
 */
import type { Head, StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Contexts from "./Contexts.ts"
import { type CompanyDatabase, type Name, serverMillis } from "./Database.ts"
import type { Asking, Question } from "./Gathered.ts"
import * as Param from "./Param.ts"
import * as Seen from "./Seen.ts"
import { chained, type Statement, statement } from "./statements.ts"
import type { Left } from "./unlocked.ts"

/** What a commit of one company writes, where the head is still the one that was seen. */
export interface Written<Changes> {
  readonly db: CompanyDatabase
  readonly changes: Changes
  readonly head: ReturnType<typeof Contexts.rowAt>
  readonly seen: Seen.Seen
}

/** A statement by its name, which those after it may name. */
export type Step = readonly [name: string, step: Statement]

/** A column, the list of what some rows have there, and what is written of it where that is not the list's own. */
export type Column<Row> = readonly [name: string, list: (rows: ReadonlyArray<Row>) => Param.Param, written?: string]

/** Rows of some companies side by side, each with its company. */
export interface Rows<Row> {
  readonly companies: ReadonlyArray<number>
  readonly rows: ReadonlyArray<Row>
}

export const rowsOf = <Changes, Row>(
  written: ReadonlyArray<Written<Changes>>,
  of: (written: Written<Changes>) => ReadonlyArray<Row>
): Rows<Row> => {
  const companies: Array<number> = []
  const rows: Array<Row> = []
  for (const each of written) {
    for (const row of of(each)) {
      companies.push(each.db.number)
      rows.push(row)
    }
  }
  return { companies, rows }
}

/** Inserts rows of those companies whose heads have moved, from lists; nothing where there are none. */
export const inserting = <Row>(
  name: string,
  { companies, rows }: Rows<Row>,
  into: string,
  columns: ReadonlyArray<Column<Row>>,
  after = ""
): ReadonlyArray<Step> => {
  if (rows.length === 0) return []
  const list = columns.map(([column]) => column).join(", ")
  const places = columns.map((_, index) => `$${index + 2}`).join(", ")
  const values = columns.map(([column, , written]) => written ?? column).join(", ")
  const sql = `insert into ${into} (company, ${list})
    select company, ${values} from unnest($1, ${places}) as n (company, ${list}) join moved using (company) ${after}`
  return [[name, statement(sql, [Param.smallInts(companies), ...columns.map(([, listOf]) => listOf(rows))])]]
}

/** The heads of a context that nobody has moved since they were seen, and nobody holds now, moved. */
const moving = <Changes>(
  { schema }: Asking,
  name: Name,
  written: ReadonlyArray<Written<Changes>>
): ReadonlyArray<Step> => {
  return [
    [
      "free",
      statement(
        `select company from unnest($1, $2, $3, $4) as n (company, version, seen, latest)
          join ${schema}.contexts c using (company)
          where c.name = '${name}' and c.xmin = n.version::xid and c.digest = n.seen and ${serverMillis} <= n.latest
          for update of c skip locked`,
        [
          Param.smallInts(written.map(({ db }) => db.number)),
          Param.texts(written.map(({ seen }) => seen.version)),
          Param.digests(written.map(({ seen }) => seen.digest)),
          Param.ints(written.map(({ db, seen }) => Seen.untilWhen(db, seen)))
        ]
      )
    ],
    [
      "moved",
      statement(
        `update ${schema}.contexts c
          set number = n.number, at_ms = n.at_ms, digest = n.digest, state = n.state::json, due_ms = n.due_ms
          from unnest($1, $2, $3, $4, $5, $6) as n (company, number, at_ms, digest, state, due_ms)
            join free using (company)
          where c.company = n.company and c.name = '${name}' returning c.company`,
        [
          Param.smallInts(written.map(({ db }) => db.number)),
          Param.ints(written.map(({ head }) => head.number)),
          Param.ints(written.map(({ head }) => head.at)),
          Param.digests(written.map(({ head }) => head.digest)),
          Param.texts(written.map(({ head }) => head.state)),
          Param.ints(written.map(({ head }) => head.due))
        ]
      )
    ]
  ]
}

/**
 * Commits of a context as one statement: `steps` write the rows. One company is in a statement once; what becomes of
 * each is waited for. `alone` is how one commits that nobody goes with; default: as many do.
 */
export const writing = <Changes>(
  name: Name,
  steps: (db: Asking, written: ReadonlyArray<Written<Changes>>) => ReadonlyArray<Step>,
  alone?: (written: Written<Changes>) => Effect.Effect<boolean, StoreError>
): Question<Written<Changes>, boolean> => {
  const many = (db: Asking, written: ReadonlyArray<Written<Changes>>) => {
    const { params, sql } = chained([...moving(db, name, written), ...steps(db, written)], "select company from moved")
    return Effect.map(db.send<{ readonly company: number }>(sql, params), (rows) => {
      const found = new Set(rows.map(({ company }) => company))
      return written.map((each) => found.has(each.db.number))
    })
  }
  return {
    one: (db, written) =>
      alone === undefined ? Effect.map(many(db, [written]), ([isDone]) => isDone!) : alone(written),
    many,
    keyOf: ({ db }) => db.number,
    isWrite: true
  }
}

/** Writes changes together with other companies' (`Beside.writeIf`). */
export const writeIf = <Changes, H extends Head.Head>(
  question: Question<Written<Changes>, boolean>,
  codec: Contexts.HeadCodec<H>,
  db: CompanyDatabase,
  { after, changes, seen }: { readonly after: H; readonly changes: Changes; readonly seen: Seen.Seen }
): Effect.Effect<Left<H> | undefined, StoreError> =>
  Effect.suspend(() => {
    const head = Contexts.rowAt(codec, after, db.opened.get(codec.name)!)
    return Effect.map(db.gathered.ask(question, { db, changes, head, seen }), (isDone) =>
      isDone ? { head: after, mark: head.mark } : undefined
    )
  })
