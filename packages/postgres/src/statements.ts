/**
 * Statements before they are sent, and several of them as one.
 */
import type { Param } from "./Param.ts"

/** A statement before it is sent. */
export interface Statement {
  readonly sql: string
  readonly params: ReadonlyArray<Param>
}

export const statement = (sql: string, params: ReadonlyArray<Param>): Statement => ({ sql, params })

/** A list of one statement, beside the empty list of what there is nothing to write of. */
export const one = (sql: string, params: ReadonlyArray<Param>): ReadonlyArray<Statement> => [{ sql, params }]

/** The SQL of several statements whose parameters follow one another, and follow `before` others. */
const numbered = (statements: ReadonlyArray<Statement>, before = 0): Array<string> => {
  let first = before
  return statements.map(({ params, sql }) => {
    const from = first
    first += params.length
    return sql.replaceAll(/\$(\d+)/g, (_, place: string) => `$${Number(place) + from}`)
  })
}

/** Several statements that write, as one: each sees what was there before all of them. */
export const together = (statements: ReadonlyArray<Statement>): string => {
  const parts = numbered(statements)
  const last = parts.pop()!
  const others = parts.map((part, index) => `part${index} as (${part})`)
  return others.length === 0 ? last : `with ${others.join(", ")} ${last}`
}

/**
 * Writes that happen only where the first of them, an update of one row, finds that row, which it then returns. The
 * others insert rows that are made of lists.
 */
export const provided = (statements: ReadonlyArray<Statement>): string => {
  const [found, ...others] = numbered(statements)
  const parts = others.map((part, index) => {
    if (!lists.test(part)) throw new Error(`it would be written in any case: ${part}`)
    return `part${index} as (${part.replace(lists, "from found, ")})`
  })
  return `with ${[`found as (${found!})`, ...parts].join(", ")} select from found`
}
const lists = /from (?=(?:\(select )?unnest\()/

/**
 * Statements by names, which may name those before them, and a last one. Parameters of each are its own.
 */
export const chained = (steps: ReadonlyArray<readonly [name: string, step: Statement]>, last: string): Statement => {
  const parts = numbered(steps.map(([, step]) => step))
  const named = steps.map(([name], index) => `${name} as (${parts[index]!})`)
  return { sql: `with ${named.join(", ")} ${last}`, params: steps.flatMap(([, { params }]) => params) }
}

/** Reads of one moment: the one row of the first, with the rows of each other as JSON in a column. */
export const beside = (statements: ReadonlyArray<Statement>): string => {
  const [first, ...others] = numbered(statements)
  const columns = others.map((read, index) => `(select json_agg(r)::text from (${read}) r) as read${index}`)
  return `select ${["one.*", ...columns].join(", ")} from (${first!}) one`
}

/** The same few combinations come again and again: each is put together once. */
export const joined = (together: (statements: ReadonlyArray<Statement>) => string) => {
  const known = new Map<string, string>()
  return (statements: ReadonlyArray<Statement>): Statement => {
    const key = statements.map(({ sql }) => sql).join("\n\n")
    const sql = known.get(key) ?? together(statements)
    known.set(key, sql)
    return { sql, params: statements.flatMap(({ params }) => params) }
  }
}
