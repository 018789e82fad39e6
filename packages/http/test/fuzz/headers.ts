/**
 * Headers and framing as nobody should send them.
 */
import * as fc from "fast-check"
import type { Endpoint } from "./contract.ts"
import type { Expected, Kind } from "./kind.ts"
import { headersOf, plans, toWire, type Plan } from "./requests.ts"
import { mapped } from "./values.ts"
import type { WireRequest } from "./wire.ts"

type Pair = readonly [name: string, value: string]

/** A kind that adds headers to a valid request. */
const kind = <A>(
  name: string,
  applies: (endpoint: Endpoint) => boolean,
  choices: (endpoint: Endpoint) => fc.Arbitrary<A>,
  make: (
    plan: Plan,
    choice: A
  ) => Partial<WireRequest> & { readonly add?: ReadonlyArray<Pair>; readonly expected: Expected }
): Kind => ({
  name,
  applies,
  samples: (endpoint) =>
    mapped(fc.tuple(plans(endpoint), choices(endpoint)), ([plan, choice]) => {
      const { add = [], expected, ...more } = make(plan, choice)
      const names = new Set(add.map(([name]) => name.toLowerCase()))
      return {
        plan,
        wire: (token) => {
          const usual = headersOf(plan, token, plan.body !== undefined)
          const headers = [...usual.filter(([name]) => !names.has(name)), ...add]
          return toWire(plan, token, { headers, ...more })
        },
        expected
      }
    })
})

const always = () => true
const has = (name: string) => (endpoint: Endpoint) => endpoint.parameters.some((parameter) => parameter.name === name)

/** Values that are allowed in a header, and mean nothing. */
const oddValues = [
  "",
  "*",
  ",",
  ",,,",
  `"`,
  `""`,
  `W/`,
  `W/""`,
  "\u00ff\u00fe",
  "\u00e9",
  "a".repeat(8_000),
  "\t x \t",
  "{}",
  "-1",
  "%00",
  `"a", *`
]

const conditions = kind(
  "header: a broken condition",
  (endpoint) => has("if-match")(endpoint) || has("if-none-match")(endpoint),
  () => fc.constantFrom(...oddValues),
  ({ endpoint }, value) => ({
    add: [[has("if-match")(endpoint) ? "if-match" : "if-none-match", value]],
    expected: "any"
  })
)

const isKey = /^[!-~]{1,255}$/u

const keys = kind(
  "header: a broken Idempotency-Key",
  has("idempotency-key"),
  () => fc.constantFrom(...oddValues, "a b", "a".repeat(255), "a".repeat(256), "~", "__proto__", "\u0080"),
  (_, value) => ({ add: [["idempotency-key", value]], expected: isKey.test(value.trim()) ? "any" : [400] })
)

const eventIds = kind(
  "header: a broken Last-Event-ID",
  has("last-event-id"),
  () => fc.constantFrom(...oddValues, "1.5", "1e3", "999999999999999", "9".repeat(20), "9".repeat(21), "0x1"),
  (_, value) => ({ add: [["last-event-id", value]], expected: /^\d{1,15}$/u.test(value) ? "any" : [400, 403] })
)

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
const claims = { sub: "ann", exp: 4_000_000_000 }

const authorizations = [
  "",
  "Bearer",
  "Bearer ",
  "Bearer  ",
  "bearer x",
  "Bearer x y",
  "Bearer \u00ff\u00fe",
  "Bearer null",
  "Bearer ..",
  "Bearer a.b.c",
  "Basic YW5uOmFubg==",
  "Digest username=ann",
  "ann",
  `Bearer ${encoded({ alg: "none" })}.${encoded(claims)}.`,
  `Bearer ${encoded({ alg: "HS256" })}.${encoded(claims)}.${encoded("x")}`,
  `Bearer ${encoded({ alg: "ES256", kid: "../../etc/passwd" })}.${encoded(claims)}.${encoded("x")}`,
  `Bearer ${encoded({ alg: "ES256", kid: "first", crit: ["exp"] })}.${encoded(claims)}.${"A".repeat(86)}`,
  `Bearer ${encoded({ alg: "ES256", jku: "http://127.0.0.1:1/" })}.${encoded(claims)}.${"A".repeat(86)}`,
  `Bearer ${encoded("[".repeat(3_000))}.${encoded(claims)}.x`,
  `Bearer ${"a".repeat(12_000)}`
]

const tokens = kind(
  "header: a broken Authorization",
  ({ secured }) => secured,
  () => fc.constantFrom(...authorizations, undefined),
  (plan, value) => ({
    add: value === undefined ? [] : [["authorization", value]],
    ...(value === undefined ? { headers: headersOf(plan, undefined, plan.body !== undefined) } : {}),
    expected: [401]
  })
)

const odd: ReadonlyArray<Pair> = [
  ["accept", "text/html"],
  ["accept", "application/json;q=0"],
  ["accept", ",;=*"],
  ["accept-encoding", "gzip"],
  ["accept-encoding", "br;q=1.0, gzip;q=0.5, *;q=0"],
  ["accept-encoding", "*;q=\u00ff,,,;;;"],
  ["accept-language", "xx-\u00e9"],
  ["x-request-id", "an-id-of-mine"],
  ["x-request-id", "a b"],
  ["x-request-id", "a".repeat(129)],
  ["x-request-id", "\u00ff"],
  ["x-forwarded-for", ",,,::1,\u00ff"],
  ["x-forwarded-host", "evil.example"],
  ["x-forwarded-proto", "gopher"],
  ["x-http-method-override", "DELETE"],
  ["forwarded", "for=\u00ff;;"],
  ["range", "bytes=0-1"],
  ["te", "trailers, deflate;q=9"],
  ["upgrade", "websocket"],
  ["connection", "close, upgrade, \u00ff"],
  ["http2-settings", "AAMAAABkAAQAAP__"],
  ["origin", "null"],
  ["origin", "https://evil.example"],
  ["cookie", `a=${"b".repeat(8_000)}`],
  ["traceparent", "00-xyz-\u00ff-01"],
  ["traceparent", "00-00000000000000000000000000000000-0000000000000000-00"],
  ["b3", "\u00ff-0-d"],
  ["host", "evil.example"],
  ["host", "a b"],
  ["host", ""],
  ["host", "[::1"],
  ["if-modified-since", "yesterday"],
  ["expect", "100-continue"],
  ["max-forwards", "-1"],
  ["__proto__", "x"],
  ["constructor", "x"],
  ["content-language", "\u00ff"]
]

const oddHeaders = kind(
  "header: an odd one",
  always,
  () => fc.uniqueArray(fc.constantFrom(...odd), { minLength: 1, maxLength: 4, selector: ([name]) => name }),
  (_, add) => ({ add, expected: "any" })
)

const expectation = kind(
  "header: an expectation that nobody meets",
  always,
  () => fc.constantFrom("200-ok", "\u00ff", "200"),
  (_, value) => ({ add: [["expect", value]], expected: [417] })
)

const many = kind(
  "header: a great many",
  always,
  () => fc.integer({ min: 100, max: 1_500 }),
  (_, count) => ({ add: Array.from({ length: count }, (_, at) => [`x${at}`, "y"] as const), expected: "any" })
)

const tooLarge = kind(
  "header: of 20,000 characters",
  always,
  () => fc.constantFrom("x-anything", "authorization", "cookie", "accept", "if-match", "idempotency-key"),
  (_, name) => ({ add: [[name, "a".repeat(20_000)]], expected: [431] })
)

const broken = kind(
  "header: none at all",
  always,
  () =>
    fc.constantFrom<Pair>(
      ["bad name", "x"],
      ["x ", "x"],
      ["", "x"],
      ["\u00e9", "x"],
      ["x", "a\u0000b"],
      ["x", "a\u0001b"],
      ["x", "a\rb"],
      ["x\r\nno colon\r\ny", "z"],
      [" x", "folded"],
      ["(", "x"]
    ),
  (_, pair) => ({ add: [pair], expected: [400] })
)

const framing = kind(
  "header: lengths that lie",
  always,
  () =>
    fc.constantFrom<ReadonlyArray<Pair>>(
      [["content-length", "-1"]],
      [["content-length", "+1"]],
      [["content-length", "1e1"]],
      [["content-length", "0x1"]],
      [["content-length", "1,1"]],
      [["content-length", "99999999999999999999"]],
      [["content-length", ""]],
      [
        ["content-length", "2"],
        ["content-length", "3"]
      ],
      [
        ["content-length", "2"],
        ["transfer-encoding", "chunked"]
      ],
      [["transfer-encoding", "gzip"]],
      [["transfer-encoding", "chunked, gzip"]],
      [["transfer-encoding", "xchunked"]],
      [
        ["transfer-encoding", "chunked"],
        ["transfer-encoding", "identity"]
      ]
    ),
  (_, add) => ({
    add,
    // The body comes all the same, without a length that is true.
    body: Buffer.alloc(0),
    framing: { declare: "0" },
    expected: [400]
  })
)

/** Versions that Node's parser takes, and answers as HTTP/1.1 all the same. */
const taken = /^HTTP\/(0\.9|1\.0|2\.0)$/u

const versions = kind(
  "header: another version of HTTP",
  always,
  () =>
    fc.constantFrom(
      "HTTP/1.0",
      "HTTP/1.2",
      "HTTP/2.0",
      "HTTP/9.9",
      "HTTP/0.9",
      "HTTP/1",
      "HTPP/1.1",
      "http/1.1",
      "HTTP/1.1x",
      ""
    ),
  (_, version) => ({ version, expected: taken.test(version) ? "any" : [400, 505] })
)

export const kinds: ReadonlyArray<Kind> = [
  conditions,
  keys,
  eventIds,
  tokens,
  oddHeaders,
  expectation,
  many,
  tooLarge,
  broken,
  framing,
  versions
]
