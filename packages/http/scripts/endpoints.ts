/**
 * `npm run endpoints`: writes packages/http/src/promises/endpoints.ts, what the client without Effect has to know of the
 * contract when it runs. A test fails when they drift.
 */
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { DevelopmentApi } from "../src/api/Api.ts"
import { HostApi } from "../src/api/HostApi.ts"
import { Authorization, Idempotency, Operator } from "../src/api/middleware.ts"
import * as Problem from "../src/api/Problem.ts"
import type { Endpoint, Reading } from "../src/promises/reading.ts"

const path = fileURLToPath(new URL("../src/promises/endpoints.ts", import.meta.url))

/** The readings of what can be in one place, as one. */
const merged = (place: string, readings: ReadonlyArray<Reading | undefined>): Reading | undefined => {
  const [first, ...others] = readings.filter((reading) => reading !== undefined)
  return others.reduce<Reading | undefined>((one, other) => {
    if (JSON.stringify(one) === JSON.stringify(other)) return one
    if (typeof one !== "object" || typeof other !== "object" || Array.isArray(one) || Array.isArray(other)) {
      throw new Error(`${place} is read in more than one way`)
    }
    const names = new Set([...Object.keys(one), ...Object.keys(other)])
    const members = one as Record<string, Reading>
    const more = other as Record<string, Reading>
    return members_([...names].map((name) => [name, merged(`${place}.${name}`, [members[name], more[name]])]))
  }, first)
}

const members_ = (entries: ReadonlyArray<readonly [string, Reading | undefined]>): Reading | undefined => {
  const read = entries.filter((entry): entry is readonly [string, Reading] => entry[1] !== undefined)
  return read.length === 0 ? undefined : Object.fromEntries(read)
}

const isA = ({ annotations }: SchemaAST.AST, name: string): boolean =>
  (annotations?.["representation"] as { readonly id?: string } | undefined)?.id === `effect/schema/${name}`

/** How what a schema describes is read from its JSON; fails for what is neither plain JSON nor known here. */
const readingOf = (place: string, ast: SchemaAST.AST): Reading | undefined => {
  switch (ast._tag) {
    case "BigInt":
      return "bigint"
    case "Declaration":
      if (isA(ast, "DateTimeUtc")) return "instant"
      if (isA(ast, "Json")) return undefined
      throw new Error(`${place} is no JSON, and nobody knows how to read it`)
    case "Arrays": {
      const reading = merged(
        place,
        [...ast.elements, ...ast.rest].map((item) => readingOf(`${place}[]`, item))
      )
      return reading === undefined ? undefined : [reading]
    }
    case "Objects":
      for (const { type } of ast.indexSignatures) {
        if (readingOf(`${place}{}`, type) !== undefined) throw new Error(`${place} has members of any name`)
      }
      return members_(
        ast.propertySignatures.map(({ name, type }) => [String(name), readingOf(`${place}.${String(name)}`, type)])
      )
    case "Union":
      return merged(
        place,
        ast.types.map((type) => readingOf(place, type))
      )
    case "Unknown":
      return undefined
    default:
      if (ast.encoding !== undefined) throw new Error(`${place} is not what its JSON is`)
      return undefined
  }
}

const namesOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)) : []

interface Declared {
  readonly method: string
  readonly path: string
  readonly payload: ReadonlyMap<string, unknown>
  readonly success: ReadonlySet<Schema.Top>
  readonly middlewares: ReadonlySet<unknown>
}

const endpointOf = (name: string, { method, middlewares, path, payload, success }: Declared): Endpoint => {
  const [answer, ...others] = [...success].filter(({ ast }) => ast._tag !== "Void")
  if (others.length > 0) throw new Error(`${name} has more than one answer`)
  const isWith = answer !== undefined && HttpApiSchema.isWithHeaders(answer)
  const body: Schema.Top | undefined = isWith ? answer.schema : answer
  const isStream = body !== undefined && "contentType" in body
  const reading = body === undefined || isStream ? undefined : readingOf(name, body.ast)
  return {
    method,
    path: path.length > 1 ? path.replace(/\/$/u, "") : path,
    ...(middlewares.has(Authorization) || middlewares.has(Operator) ? {} : { open: true as const }),
    ...(middlewares.has(Idempotency) ? { command: true as const } : {}),
    ...(payload.size > 0 ? { payload: true as const } : {}),
    ...(isWith ? { headers: namesOf(answer.headers.ast) } : {}),
    ...(isStream ? { stream: true as const } : {}),
    ...(reading === undefined ? {} : { reading })
  }
}

const endpointsOf = (group: string, declared: Readonly<Record<string, unknown>>): Record<string, Endpoint> =>
  Object.fromEntries(
    Object.entries(declared as Readonly<Record<string, Declared>>).map(([name, endpoint]) => [
      name,
      endpointOf(`${group}.${name}`, endpoint)
    ])
  )

/** Every endpoint by its group and name. */
export const endpoints = (): Record<string, Record<string, Endpoint>> =>
  Object.fromEntries(
    Object.entries(DevelopmentApi.groups).map(([group, declared]) => [group, endpointsOf(group, declared.endpoints)])
  )

/** Those of a server of many companies, which no page of a company carries. */
export const platform = (): Record<string, Endpoint> => endpointsOf("platform", HostApi.groups.platform.endpoints)

/** How the members of problems are read, of those that have some that are no plain JSON. */
export const problems = (): Record<string, Reading> =>
  Object.fromEntries(
    Object.entries(Problem).flatMap(([name, problem]) => {
      // What all problems have is plain JSON, whatever HttpApi does for the servers of others.
      const { detail: _, instance: _i, status: _s, title: _t, type: _y, ...own } = problem.fields
      const reading = readingOf(name, Schema.Struct(own).ast)
      return reading === undefined ? [] : [[name, reading]]
    })
  )

const text = (): string => `/**
 * The contract, as much of it as the client without Effect needs when it runs. Written by \`npm run endpoints\`.
 */
import type { Endpoint, Reading } from "./reading.ts"

export const endpoints = ${JSON.stringify(endpoints())} as const satisfies Readonly<Record<string, Readonly<Record<string, Endpoint>>>>

/** For whoever operates a server of many companies. */
export const platform = ${JSON.stringify(platform())} as const satisfies Readonly<Record<string, Endpoint>>

export const problems: Readonly<Record<string, Reading>> = ${JSON.stringify(problems())}
`

if (import.meta.main) {
  writeFileSync(path, text())
  execFileSync("oxfmt", [path], { stdio: "inherit" })
}
