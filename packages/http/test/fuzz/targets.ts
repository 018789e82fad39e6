/**
 * Methods, paths and queries as nobody should send them.
 */
import * as fc from "fast-check"
import { endpoints, violations, type Endpoint, type Parameter } from "./contract.ts"
import type { Expected, Kind } from "./kind.ts"
import { escape, pathOf, plans, queryOf, toWire, type Plan } from "./requests.ts"
import { hostileTexts, mapped } from "./values.ts"

const of = (endpoint: Endpoint, place: Parameter["in"]) =>
  endpoint.parameters.filter((parameter) => parameter.in === place)

/** A kind that changes the target of a valid request. */
const target = <A>(
  name: string,
  applies: (endpoint: Endpoint) => boolean,
  choices: (endpoint: Endpoint) => fc.Arbitrary<A>,
  make: (plan: Plan, choice: A) => { readonly target: string; readonly method?: string; readonly expected: Expected }
): Kind => ({
  name,
  applies,
  samples: (endpoint) =>
    mapped(fc.tuple(plans(endpoint), choices(endpoint)), ([plan, choice]) => {
      const { expected, ...more } = make(plan, choice)
      return { plan, wire: (token) => toWire(plan, token, more), expected }
    })
})

/** Segments of a path as they go over the wire: none of them is an id of anything. */
const hostileSegments = [
  "%",
  "%zz",
  "%0",
  "%00",
  "t-1%00",
  "%2e%2e",
  "..",
  ".",
  "%2F",
  "a%2Fb",
  "%5c",
  "%ff",
  "%c0%af",
  "%ED%A0%80",
  "%u0041",
  "%20",
  "%0d%0aset-cookie:%20a=b",
  "a".repeat(5_000),
  "\u00fc",
  ":id",
  "{id}",
  "*",
  "'",
  `"`,
  "<",
  "~",
  "-1",
  "[]"
]

const inPath = (plan: Plan, name: string, segment: string): string => {
  const placed = { ...plan, params: { ...plan.params, [name]: "\ue000" } }
  return `${pathOf(placed).replace(escape("\ue000"), segment)}${queryOf(plan)}`
}

const hasPath = (endpoint: Endpoint) => of(endpoint, "path").length > 0
const nameIn = (endpoint: Endpoint) => of(endpoint, "path")[0]!.name

const segments = target(
  "path: a segment that is no name",
  hasPath,
  () => fc.constantFrom(...hostileSegments),
  (plan, segment) => ({
    target: inPath(plan, nameIn(plan.endpoint), segment),
    expected: plan.endpoint.id === "operations.resume" ? "any" : "refused"
  })
)

const pathTexts = target(
  "path: hostile text",
  hasPath,
  () => fc.constantFrom(...hostileTexts.filter((text) => text !== "" && escape(text).length < 8_000)),
  (plan, text) => ({ target: inPath(plan, nameIn(plan.endpoint), escape(text)), expected: "any" })
)

const others = target(
  "path: another one",
  () => true,
  ({ method, path: own }) =>
    fc.constantFrom<(path: string) => string>(
      (path) => `${path}/no/such/thing`,
      (path) => `${path}/no/such/thing/`,
      (path) => `/nothing${path}`,
      (path) => path.replace(/^\/(v1)?/, "/v2"),
      (path) => `/.${path}`,
      (path) => `/x/..${path}`,
      (path) => path.replace(/^\/(.)/, "/%00$1"),
      // Beside an id it would be an id that is none, and another endpoint's to refuse.
      ...(isBesideAnId(method, own) ? [] : [(path: string) => `${path}%00`]),
      (path) => `${path}%`,
      (path) => `/\\${path.slice(1)}`
    ),
  (plan, change) => ({ target: `${change(pathOf(plan))}${queryOf(plan)}`, expected: "refused" })
)

const forms = target(
  "path: in another form",
  () => true,
  () =>
    fc.constantFrom<(path: string) => string>(
      (path) => path.replace("/", "//"),
      (path) => path.replace(/\/(?=[^/]*$)/, "//"),
      (path) => `${path}/`,
      (path) => `http://127.0.0.1${path}`,
      (path) => `http://elsewhere.example${path}`,
      (path) => path.toUpperCase(),
      (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
      (path) => `${path}#fragment`,
      (path) => `${path}?`,
      (path) => `${path};a=b`,
      (path) => path.slice(1),
      () => "*",
      () => "",
      () => "?",
      () => "//",
      () => "http://[",
      () => "a:b"
    ),
  (plan, change) => ({ target: `${change(pathOf(plan))}${queryOf(plan)}`, expected: "any" })
)

const methodsOf = (path: string): ReadonlyArray<string> =>
  endpoints.filter((endpoint) => overlaps(endpoint.path, path)).map(({ method }) => method)

const isBesideAnId = (method: string, path: string): boolean =>
  endpoints.some((other) => other.method === method && other.path !== path && overlaps(other.path, path))

/** Whether a template can be the same path as another: `/v1/tasks/{id}` and `/v1/tasks/shuffle`. */
const overlaps = (template: string, path: string): boolean => {
  const [left, right] = [template.split("/"), path.split("/")]
  return (
    left.length === right.length &&
    left.every((part, at) => part.startsWith("{") || right[at]!.startsWith("{") || part === right[at])
  )
}

const methods = target(
  "method: another one",
  () => true,
  ({ path }) => {
    const taken = methodsOf(path)
    return fc.constantFrom(
      ...["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH"].filter(
        (method) => !taken.includes(method)
      )
    )
  },
  (plan, method) => ({ method, target: `${pathOf(plan)}${queryOf(plan)}`, expected: [405] })
)

/** What Node makes of some of them: a tunnel that it does not open, and the preface of HTTP/2. */
const expectedOf: Readonly<Record<string, Expected>> = { CONNECT: "silent", PRI: [400, 505] }

const nonMethods = target(
  "method: none at all",
  () => true,
  () =>
    fc.constantFrom("get", "Post", "FOO", "GETT", "", "G\u0000T", "G T", "\u00ff", "CONNECT", "PRI", "A".repeat(5_000)),
  (plan, method) => ({
    method,
    target: `${pathOf(plan)}${queryOf(plan)}`,
    expected: expectedOf[method] ?? [400]
  })
)

const heads = target(
  "method: HEAD",
  ({ method }) => method === "GET",
  () => fc.constant("HEAD"),
  (plan, method) => ({ method, target: `${pathOf(plan)}${queryOf(plan)}`, expected: "any" })
)

const withQuery = (plan: Plan, raw: string): string => {
  const query = queryOf(plan)
  return `${pathOf(plan)}${query === "" ? "?" : `${query}&`}${raw}`
}

/** The target with a parameter of the query as it is given. */
const withParameter = (plan: Plan, name: string, raw: string): string =>
  withQuery({ ...plan, query: plan.query.filter(([other]) => other !== name) }, `${escape(name)}=${raw}`)

const hasQuery = (endpoint: Endpoint) => of(endpoint, "query").length > 0
const isParameterOf = (endpoint: Endpoint) => fc.constantFrom(...of(endpoint, "query"))

const queryTexts = target(
  "query: hostile text",
  hasQuery,
  (endpoint) =>
    fc.tuple(isParameterOf(endpoint), fc.constantFrom(...hostileTexts.filter((text) => escape(text).length < 8_000))),
  (plan, [{ name, schema }, text]) => ({
    target: withParameter(plan, name, escape(text)),
    expected: violations(schema, Buffer.from(text).toString()).length > 0 ? [400] : "any"
  })
)

const queryRaw = target(
  "query: broken escapes",
  hasQuery,
  (endpoint) =>
    fc.tuple(
      isParameterOf(endpoint),
      fc.constantFrom(
        "%",
        "%zz",
        "%ff",
        "%c0%af",
        "%ED%A0%80",
        "1%00",
        "%u0031",
        "+",
        "\u00ff",
        "a=b",
        "&&=&",
        "[]",
        "?"
      )
    ),
  (plan, [{ name }, raw]) => ({ target: withParameter(plan, name, raw), expected: "any" })
)

const queryTwice = target("query: a name twice", hasQuery, isParameterOf, (plan, { name }) => {
  const value = plan.query.find(([other]) => other === name)?.[1] ?? "1"
  const again = `${name}=${escape(value)}`
  return { target: withQuery(plan, `${again}&${again}`), expected: "any" }
})

const queryExcess = target(
  "query: a name too many",
  hasQuery,
  () =>
    fc.constantFrom(
      "unknown=1",
      "__proto__=1",
      "constructor=1",
      "limit[]=1",
      "access_token=x",
      "=",
      "%00=1",
      "Limit=1"
    ),
  (plan, raw) => ({ target: withQuery(plan, raw), expected: "any" })
)

const queryLong = target(
  "query: of 20,000 characters",
  () => true,
  () => fc.constantFrom("a", "a=&", "%41"),
  (plan, raw) => ({ target: withQuery(plan, raw.repeat(20_000 / raw.length)), expected: [431] })
)

const base64Url = (bytes: string | Uint8Array) => Buffer.from(bytes).toString("base64url")

/** Cursors that nobody was given. */
const cursors = [
  "",
  "=",
  "!",
  "AA",
  "a".repeat(500),
  "a".repeat(501),
  ...[
    "0",
    "-1",
    "1.5",
    "1e3",
    "999999999999999",
    "9999999999999999",
    "NaN",
    " 1",
    "1\u0000",
    "\u0000",
    "zzzz",
    "é"
  ].map(base64Url),
  ...["2026-02-30", "9999-12-31", "me", "'; --", "{}", "[1]", "\uffff".repeat(100), "a".repeat(300)].map(base64Url),
  base64Url(Uint8Array.of(0xff, 0xfe)),
  base64Url(Uint8Array.of(0xed, 0xa0, 0x80)),
  `${base64Url("ann")}==`
]

const badCursors = target(
  "query: a cursor of nobody's",
  (endpoint) => of(endpoint, "query").some(({ name }) => name === "cursor"),
  () => fc.constantFrom(...cursors),
  (plan, cursor) => ({
    target: withParameter(plan, "cursor", escape(cursor)),
    expected: cursor.length > 500 ? [400] : "any"
  })
)

export const kinds: ReadonlyArray<Kind> = [
  segments,
  pathTexts,
  others,
  forms,
  methods,
  nonMethods,
  heads,
  queryTexts,
  queryRaw,
  queryTwice,
  queryExcess,
  queryLong,
  badCursors
]
