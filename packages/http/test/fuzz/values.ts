/**
 * Values to ask with: by the contract's schemas, with what is really there mixed in, and such as nobody should send.
 */
import * as fc from "fast-check"
import { staff, tasks } from "./company.ts"
import { resolve, type Endpoint, type JsonSchema } from "./contract.ts"

/** What is made of the values of another arbitrary. */
export const mapped = <A, B>(self: fc.Arbitrary<A>, make: (value: A) => B): fc.Arbitrary<B> => self.map(make)

const base64Url = (text: string): string => Buffer.from(text).toString("base64url")

const periods = ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]
const someTasks = [...tasks, "t-7", "t-8", "nope"]
const someUsers = [...staff, "newcomer"]

/** What there is of a name, by the endpoint that asks for it. */
const known = (endpoint: Endpoint, name: string): ReadonlyArray<unknown> | undefined => {
  switch (name) {
    case "id":
    case "ids":
      return endpoint.path.startsWith("/v1/users") ? someUsers : someTasks
    case "owner":
    case "assignee":
      return [...someUsers, "me"]
    case "period":
      return endpoint.id === "billing.preview" ? [...periods, "current"] : periods
    case "from":
    case "to":
    case "date":
      return periods
    case "after":
      return endpoint.id === "billing.verify" ? periods : ["0", "3", "1000000"]
    case "through":
    case "transfer":
      return [1, 2, 3, 4, 5, 100]
    case "consumer":
      return ["tasks", "billing", "billing.users", "reports", "nobody"]
    case "account":
      return ["popug:olga", "popug:nobody", "company:fees"]
    case "role":
    case "roles":
      return ["admin", "manager", "accountant", "worker", "designer"]
    case "limit":
      return ["1", "2", "50", "100"]
    case "cursor":
      return ["t-2", "olga", "2026-11-23", "3", "report:2026-11-23"].map(base64Url)
    case "idempotency-key":
      return ["k1", "k2", "k3"]
    case "if-match":
    case "if-none-match":
      return ["*", `"0123456789abcdef0123456789abcdef"`, `W/"a", "b"`]
    case "last-event-id":
      return ["0", "3"]
    default:
      return undefined
  }
}

const text = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
  fc.constantFrom("Mend the roof", "Größe 漢字 👩‍🔧", "=1+1", "e\u0301")
)

const patterns = new Map<string, fc.Arbitrary<string>>()

/** Text that matches. What makes it is long to build, and the contract has few patterns. */
const matching = (pattern: string): fc.Arbitrary<string> => {
  const made = patterns.get(pattern) ?? fc.stringMatching(new RegExp(pattern))
  patterns.set(pattern, made)
  return made
}

/** Values of a schema; of a `name` those that are really there as well. */
export const valid = (endpoint: Endpoint, schema: JsonSchema, name = ""): fc.Arbitrary<unknown> => {
  const resolved = resolve(schema)
  const real = resolved.type === "array" ? undefined : known(endpoint, name)
  const bySchema = bare(endpoint, resolved, name)
  return real === undefined
    ? bySchema
    : fc.oneof({ arbitrary: fc.constantFrom(...real), weight: 4 }, { arbitrary: bySchema, weight: 1 })
}

const bare = (endpoint: Endpoint, schema: JsonSchema, name: string): fc.Arbitrary<unknown> => {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valid(endpoint, one, name)))
  switch (schema.type) {
    case "object": {
      const fields = Object.entries(schema.properties ?? {})
      const model = Object.fromEntries(fields.map(([key, field]) => [key, valid(endpoint, field, key)]))
      return fc.record(model, { requiredKeys: [...(schema.required ?? [])], noNullPrototype: true })
    }
    case "array":
      return fc.array(valid(endpoint, schema.items ?? {}, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(3, schema.maxItems ?? 3)
      })
    case "integer":
    case "number":
      return fc.integer({ min: (schema.exclusiveMinimum ?? (schema.minimum ?? 1) - 1) + 1, max: 1_000_000 })
    case "boolean":
      return fc.boolean()
    case "null":
      return fc.constant(null)
    default:
      return schema.pattern === undefined ? text : matching(schema.pattern)
  }
}

/** Text that breaks what is careless about text. */
export const hostileTexts: ReadonlyArray<string> = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "a\udfffb",
  "\ufeff",
  "\u202egnp.exe",
  "\u2028",
  "e\u0301".repeat(300),
  "\u0301".repeat(5_000),
  "👩‍👩‍👧‍👦".repeat(200),
  "__proto__",
  "constructor",
  "toString",
  "'; DROP TABLE users; --",
  "<script>alert(1)</script>",
  `=cmd|" /C calc"!A1`,
  "a\r\nset-cookie: a=b",
  "../../../etc/passwd",
  "%00",
  "%s%n",
  "{{7*7}}",
  "null",
  "undefined",
  "NaN",
  "-0",
  "1e400",
  "0x10",
  "9223372036854775808",
  "9".repeat(400),
  "-1",
  "1.5",
  "2026-02-30",
  "0000-00-00",
  "9999-12-31",
  "275760-09-13",
  "[KEY-1] title",
  "a".repeat(3_000)
]

/** Numbers as JSON writes them, or nearly so. */
export const hostileNumbers: ReadonlyArray<string> = [
  "1e400",
  "-1e400",
  "9223372036854775807",
  "9223372036854775808",
  "9007199254740993",
  "-0",
  "0",
  "-1",
  "0.1",
  "1.5e1",
  "1e-400",
  "1E+2",
  "9".repeat(400),
  `0.${"0".repeat(10_000)}1`,
  "1".repeat(100_000),
  "NaN",
  "Infinity",
  "-",
  "01",
  "0x10",
  ".5",
  "5."
]

/** Values of every type of JSON. */
export const anyJson = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, "", "x", [], {}, [[]], { a: 1 }, ["x"]),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(...hostileTexts)
)

/** Bytes that are no UTF-8: a stray continuation, overlong forms, a surrogate, beyond Unicode, cut off. */
export const brokenUtf8: ReadonlyArray<Buffer> = [
  [0x80],
  [0xff],
  [0xfe, 0xff],
  [0xc0, 0xaf],
  [0xe0, 0x80, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98]
].map((bytes) => Buffer.from(bytes))
