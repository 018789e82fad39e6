/**
 * Requests as the contract wants them, and how they are written as bytes.
 */
import * as fc from "fast-check"
import { staff } from "./company.ts"
import type { Endpoint } from "./contract.ts"
import { mapped, valid } from "./values.ts"
import type { WireRequest } from "./wire.ts"

type Pairs = ReadonlyArray<readonly [name: string, value: string]>

/** A request by its parts. */
export interface Plan {
  readonly endpoint: Endpoint
  /** Whose token is sent: null for none. */
  readonly as: string | null
  readonly params: Readonly<Record<string, string>>
  readonly query: Pairs
  readonly headers: Pairs
  readonly body: unknown
}

/** Who asks: mostly those who may, so that requests get as far as they can. */
const asker = fc.oneof(
  { arbitrary: fc.constantFrom<string | null>("ann"), weight: 6 },
  { arbitrary: fc.constantFrom<string | null>(...staff), weight: 4 }
)

const parameters = (endpoint: Endpoint, place: "path" | "query" | "header") => {
  const mine = endpoint.parameters.filter((parameter) => parameter.in === place)
  return fc.record(
    Object.fromEntries(mine.map(({ name, schema }) => [name, valid(endpoint, schema, name) as fc.Arbitrary<string>])),
    { requiredKeys: mine.filter(({ required }) => required).map(({ name }) => name), noNullPrototype: true }
  )
}

/** Requests that follow the contract. */
export const plans = (endpoint: Endpoint): fc.Arbitrary<Plan> =>
  fc.record({
    endpoint: fc.constant(endpoint),
    as: endpoint.secured ? asker : fc.constant(null),
    params: parameters(endpoint, "path"),
    query: mapped(parameters(endpoint, "query"), (fields) => Object.entries(fields)),
    headers: mapped(parameters(endpoint, "header"), (fields) => Object.entries(fields)),
    body: endpoint.body === undefined ? fc.constant(undefined) : valid(endpoint, endpoint.body)
  })

/** Percent-encodes whatever a string holds: lone surrogates as the bytes that they would have. */
export const escape = (text: string): string =>
  Array.from(text, (character) => {
    const code = character.codePointAt(0)!
    if (code < 0xd800 || code > 0xdfff) return encodeURIComponent(character)
    const bytes = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
    return bytes.map((byte) => `%${byte.toString(16)}`).join("")
  }).join("")

export const pathOf = ({ endpoint, params }: Plan): string =>
  endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => escape(params[name]!))

export const queryOf = ({ query }: Plan): string =>
  query.length === 0 ? "" : `?${query.map(([name, value]) => `${escape(name)}=${escape(value)}`).join("&")}`

/** A header's value as its bytes in UTF-8, each as a character. */
const latin1 = (text: string): string => Buffer.from(text.toWellFormed()).toString("latin1")

/** A plan as a request; `more` replaces parts of it. */
export const toWire = (plan: Plan, token: string | undefined, more: Partial<WireRequest> = {}): WireRequest => {
  const { endpoint } = plan
  const body = more.body ?? (plan.body === undefined ? undefined : Buffer.from(JSON.stringify(plan.body)))
  return {
    method: endpoint.method,
    target: `${pathOf(plan)}${queryOf(plan)}`,
    ...more,
    headers: more.headers ?? headersOf(plan, token, body !== undefined),
    ...(body === undefined ? {} : { body })
  }
}

/** The headers of a plan, with its token and the type of its body. */
export const headersOf = (plan: Plan, token: string | undefined, json: boolean): Pairs => [
  ["host", "127.0.0.1"],
  ...(token === undefined ? [] : ([["authorization", `Bearer ${token}`]] as const)),
  ...(json ? ([["content-type", "application/json"]] as const) : []),
  ...plan.headers.map(([name, value]) => [name, latin1(value)] as const)
]
