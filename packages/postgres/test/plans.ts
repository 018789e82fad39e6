/**
 * What a query does to find its rows, as Postgres explains it.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"

export interface Query {
  readonly sql: string
  readonly params: ReadonlyArray<unknown>
}

/** A client that remembers what it is asked. */
export const recording = Effect.map(PgClient, (client) => {
  const queries: Array<Query> = []
  const unsafe = (sql: string, params: ReadonlyArray<unknown> = []) => {
    queries.push({ sql, params })
    return client.unsafe(sql, params)
  }
  return { queries, client: Object.assign(Object.create(client), { unsafe }) as PgClient }
})

interface Node {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Actual Rows"?: number
  readonly "Actual Loops"?: number
  readonly "Rows Removed by Filter"?: number
  readonly Plans?: ReadonlyArray<Node>
}

const nodesOf = (node: Node): ReadonlyArray<Node> => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

const explain = (options: string, { params, sql }: Query) =>
  Effect.flatMap(PgClient, ({ unsafe }) =>
    Effect.map(
      unsafe<{ readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Node }> }>(
        `explain (${options}, format json) ${sql}`,
        params
      ),
      ([row]) => nodesOf(row!["QUERY PLAN"][0]!.Plan)
    )
  )

/** How many rows of tables a query looks at, and the tables it would go through from end to end. */
export const cost = Effect.fnUntraced(function* (query: Query) {
  const nodes = yield* explain("analyze, costs off, timing off", query)
  const rows = nodes.reduce((sum, node) => {
    if (node["Relation Name"] === undefined) return sum
    const each = (node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0)
    return sum + each * (node["Actual Loops"] ?? 1)
  }, 0)
  const scans = nodes.flatMap((node) => (node["Node Type"] === "Seq Scan" ? (node["Relation Name"] ?? []) : []))
  return { rows, scans }
})
