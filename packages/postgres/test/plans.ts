/**
 * What a query does to find its rows, as Postgres explains it.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Effect from "effect/Effect"

export interface Query {
  readonly sql: string
  readonly params: ReadonlyArray<unknown>
}

/** A plan for these parameters, or the one for all: what a prepared statement gets after its fifth run. */
export type Kind = "custom" | "generic"

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

type Explained = { readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Node }> }

const options = "analyze, costs off, timing off, format json"

const types: Readonly<Record<number, string>> = {
  [PgTypes.OID.bool]: "boolean",
  [PgTypes.OID.int2]: "smallint",
  [PgTypes.OID.int4]: "int",
  [PgTypes.OID.int8]: "bigint",
  [PgTypes.OID.date]: "date",
  [PgTypes.OID.text]: "text",
  [PgTypes.OID.bytea]: "bytea",
  [PgTypes.OID.byteaArray]: "bytea[]",
  [PgTypes.OID.int4Array]: "int[]",
  [PgTypes.OID.int8Array]: "bigint[]",
  [PgTypes.OID.textArray]: "text[]",
  [PgTypes.OID.uuidArray]: "uuid[]",
  [PgTypes.OID.dateArray]: "date[]",
  [PgTypes.OID.numericArray]: "numeric[]"
}

const typeOf = (param: unknown): string => {
  const type = PgTypes.isParameter(param) ? types[param.oid] : undefined
  if (type === undefined) throw new Error(`a parameter of a type that plans do not know: ${String(param)}`)
  return type
}

const written = (value: unknown): string =>
  value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value)

/** A parameter as `execute` takes it: written out. */
const literal = (param: unknown): string => {
  const { value } = param as PgTypes.Parameter
  if (value === null) return "null"
  const text = Array.isArray(value)
    ? `{${value.map((each) => (each === null ? "null" : JSON.stringify(written(each)))).join()}}`
    : written(value)
  return `'${text.replaceAll("'", "''")}'`
}

const explain: Readonly<
  Record<Kind, (client: PgClient, query: Query) => Effect.Effect<ReadonlyArray<Explained>, unknown>>
> = {
  custom: ({ unsafe }, { params, sql }) => unsafe<Explained>(`explain (${options}) ${sql}`, params),
  generic: ({ unsafe, withTransaction }, { params, sql }) =>
    withTransaction(
      Effect.gen(function* () {
        yield* unsafe("set local plan_cache_mode = force_generic_plan")
        const signature = params.length === 0 ? "" : `(${params.map(typeOf).join()})`
        yield* unsafe(`prepare explained${signature} as ${sql}`)
        const given = params.length === 0 ? "" : `(${params.map(literal).join()})`
        const explained = yield* unsafe<Explained>(`explain (${options}) execute explained${given}`)
        yield* unsafe("deallocate explained")
        return explained
      })
    )
}

/** How many rows of tables a query looks at, and the tables it would go through from end to end. */
export const cost = Effect.fnUntraced(function* (kind: Kind, query: Query) {
  const [row] = yield* explain[kind](yield* PgClient, query)
  const nodes = nodesOf(row!["QUERY PLAN"][0]!.Plan)
  const rows = nodes.reduce((sum, node) => {
    if (node["Relation Name"] === undefined) return sum
    const each = (node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0)
    return sum + each * (node["Actual Loops"] ?? 1)
  }, 0)
  const scans = nodes.flatMap((node) => (node["Node Type"] === "Seq Scan" ? (node["Relation Name"] ?? []) : []))
  return { rows, scans }
})
