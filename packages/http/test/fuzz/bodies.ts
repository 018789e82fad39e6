/**
 * Bodies as nobody should send them.
 */
import * as Zlib from "node:zlib"
import * as fc from "fast-check"
import { violations, type Endpoint } from "./contract.ts"
import type { Expected, Kind, Sample } from "./kind.ts"
import { headersOf, plans, toWire, type Plan } from "./requests.ts"
import { anyJson, brokenUtf8, hostileNumbers, hostileTexts, mapped } from "./values.ts"
import type { Framing } from "./wire.ts"

type Path = ReadonlyArray<string | number>

/** The paths of all values in a value, itself first. */
const pathsOf = (value: unknown, path: Path = []): ReadonlyArray<Path> => {
  if (typeof value !== "object" || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], value)

/** The value with another one at a path; `undefined` takes the field away. */
const replaced = (value: unknown, [key, ...rest]: Path, by: unknown): unknown => {
  if (key === undefined) return by
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

/** Stands for text that is no JSON by itself, until the rest is written. */
const marker = "\ue000"
const withRaw = (value: unknown, raw: Buffer): Buffer => {
  const [before = "", after = ""] = JSON.stringify(value).split(`"${marker}"`)
  return Buffer.concat([Buffer.from(before), raw, Buffer.from(after)])
}

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** What breaks the document's schema must be refused; its other rules are not in there. */
const byContract = (endpoint: Endpoint, bytes: Buffer): Expected => {
  // Text is held against its rules as it is kept: composed.
  const read = parse(bytes.toString().normalize("NFC"))
  return read === undefined || violations(endpoint.body!, read.value).length > 0 ? [400] : "any"
}

const sample = (plan: Plan, body: Buffer, expected: Expected, framing: Framing = "length"): Sample => ({
  plan,
  wire: (token) => toWire(plan, token, { body, framing, headers: headersOf(plan, token, true) }),
  expected
})

const takesBody = (endpoint: Endpoint) => endpoint.body !== undefined

/** A kind of body that is made of a valid one. */
const body = (
  name: string,
  mutilate: (plan: Plan, number: (below: number) => number) => fc.Arbitrary<Sample> | Sample
): Kind => ({
  name: `body: ${name}`,
  applies: takesBody,
  samples: (endpoint) =>
    fc.tuple(plans(endpoint), fc.nat()).chain(([plan, drawn]) => {
      const made = mutilate(plan, (below) => drawn % Math.max(1, below))
      return "plan" in made ? fc.constant(made) : made
    })
})

const anyPath = (plan: Plan, number: (below: number) => number): Path => {
  const paths = pathsOf(plan.body)
  return paths[number(paths.length)]!
}

const objects = (value: unknown): ReadonlyArray<Path> =>
  pathsOf(value).filter((path) => {
    const inner = at(value, path)
    return typeof inner === "object" && inner !== null && !Array.isArray(inner)
  })

const swapped = body("something else somewhere", (plan, number) =>
  mapped(anyJson, (by) => {
    const bytes = Buffer.from(JSON.stringify(replaced(plan.body, anyPath(plan, number), by)))
    return sample(plan, bytes, byContract(plan.endpoint, bytes))
  })
)

const missing = body("without a field", (plan, number) => {
  const paths = pathsOf(plan.body).slice(1)
  const path = paths[number(paths.length)]
  const bytes = Buffer.from(JSON.stringify(path === undefined ? {} : replaced(plan.body, path, undefined)))
  return sample(plan, bytes, byContract(plan.endpoint, bytes))
})

const excess = body("with a field too many", (plan, number) =>
  mapped(fc.constantFrom("unknown", "", "__proto__", "constructor", "toString", "Title", "id\u0000"), (name) => {
    const paths = objects(plan.body)
    const path = paths[number(paths.length)]!
    const value = replaced(plan.body, path, { [`${marker}k`]: 1, ...(at(plan.body, path) as object) })
    const text = JSON.stringify(value).replace(JSON.stringify(`${marker}k`), JSON.stringify(name))
    return sample(plan, Buffer.from(text), [400])
  })
)

const numbers = body("with a strange number", (plan, number) =>
  mapped(fc.constantFrom(...hostileNumbers), (raw) => {
    const bytes = withRaw(replaced(plan.body, anyPath(plan, number), marker), Buffer.from(raw))
    return sample(plan, bytes, byContract(plan.endpoint, bytes))
  })
)

const texts = body("with hostile text", (plan, number) =>
  mapped(fc.constantFrom(...hostileTexts), (text) => {
    const paths = pathsOf(plan.body).filter((path) => typeof at(plan.body, path) === "string")
    const path = paths[number(paths.length)] ?? []
    const bytes = Buffer.from(JSON.stringify(replaced(plan.body, path, text)))
    return sample(plan, bytes, byContract(plan.endpoint, bytes))
  })
)

const notUtf8 = body("that is not UTF-8", (plan, number) =>
  mapped(fc.tuple(fc.constantFrom(...brokenUtf8), fc.boolean()), ([bytes, inText]) => {
    const paths = pathsOf(plan.body).filter((path) => typeof at(plan.body, path) === "string")
    const path = paths[number(paths.length)]
    if (!inText || path === undefined) {
      const whole = Buffer.from(JSON.stringify(plan.body))
      const cut = number(whole.length + 1)
      return sample(plan, Buffer.concat([whole.subarray(0, cut), bytes, whole.subarray(cut)]), [400])
    }
    const quoted = Buffer.concat([Buffer.from(`"a`), bytes, Buffer.from(`b"`)])
    return sample(plan, withRaw(replaced(plan.body, path, marker), quoted), [400])
  })
)

const cutOff = body("that is cut off", (plan, number) => {
  const whole = Buffer.from(JSON.stringify(plan.body))
  return sample(plan, whole.subarray(0, number(whole.length)), [400])
})

const garbage = body("of any bytes", (plan) =>
  mapped(fc.uint8Array({ maxLength: 64 }), (bytes) => sample(plan, Buffer.from(bytes), [400]))
)

const deep = body("that is 10,000 levels deep", (plan, number) =>
  mapped(fc.tuple(fc.constantFrom("[", `{"a":`, `[{"a":[`), fc.boolean()), ([open, ends]) => {
    const levels = 10_000
    const shut = Array.from(open.replaceAll(/[^[{]/g, ""), (bracket) => (bracket === "[" ? "]" : "}")).toReversed()
    const text = `${open.repeat(levels)}1${ends ? shut.join("").repeat(levels) : ""}`
    return sample(plan, withRaw(replaced(plan.body, anyPath(plan, number), marker), Buffer.from(text)), [400])
  })
)

const doubled = body("with a key twice", (plan, number) => {
  const paths = objects(plan.body)
  const path = paths[number(paths.length)]!
  const inner = at(plan.body, path) as object
  const [first] = Object.entries(inner)
  if (first === undefined) return sample(plan, Buffer.from(`{"a":1,"a":1}`), [400])
  const once = `${JSON.stringify(first[0])}:${JSON.stringify(first[1])}`
  const raw = `{${once},${JSON.stringify(inner).slice(1)}`
  return sample(plan, withRaw(replaced(plan.body, path, marker), Buffer.from(raw)), "any")
})

const none = body("that is not there", (plan, number) => ({
  plan: { ...plan, body: undefined },
  wire: (token) => ({
    ...toWire({ ...plan, body: undefined }, token),
    headers: headersOf(plan, token, number(2) === 0)
  }),
  expected: [400, 415]
}))

const mebibyte = 1_048_576

const tooLarge = body("of more than a mebibyte", (plan, number) =>
  mapped(fc.constantFrom<Framing>("length", "chunked"), (framing) => {
    const padded = Buffer.alloc(mebibyte + 1 + number(mebibyte), " ")
    Buffer.from(JSON.stringify(plan.body)).copy(padded)
    return sample(plan, padded, [413], framing)
  })
)

const inChunks = body("in chunks", (plan) => sample(plan, Buffer.from(JSON.stringify(plan.body)), "any", "chunked"))

/** Media types, and whether they are JSON. */
const mediaTypes: ReadonlyArray<readonly [type: string | undefined, json: boolean]> = [
  ["application/json; charset=utf-8", true],
  ["Application/JSON", true],
  ["application/json;charset=UTF-8;x=y", true],
  // Who says nothing is taken to send what alone is taken.
  [undefined, true],
  ["", false],
  ["text/plain", false],
  ["text/json", false],
  ["application/xml", false],
  ["application/x-www-form-urlencoded", false],
  ["multipart/form-data", false],
  ["multipart/form-data; boundary=x", false],
  ["application/octet-stream", false],
  ["application/jsonp", false],
  ["application/vnd.api+json", false],
  ["application/json, text/plain", false],
  ["json", false],
  [";", false],
  ["*/*", false],
  [`${"a".repeat(2_000)}/b`, false],
  ["\u00ff/\u00ff", false]
]

const mediaType: Kind = body("of another media type", (plan) =>
  mapped(fc.constantFrom(...mediaTypes), ([type, json]) => ({
    plan,
    wire: (token) => ({
      ...toWire(plan, token),
      headers: [...headersOf(plan, token, false), ...(type === undefined ? [] : ([["content-type", type]] as const))]
    }),
    expected: json ? "any" : ([400, 415] as const)
  }))
)

const packed = body("that is packed", (plan, number) =>
  mapped(fc.constantFrom("gzip", "br", "deflate", "identity, gzip", "x-unknown", "gzip, gzip"), (encoding) => {
    const plain = Buffer.from(JSON.stringify(plan.body))
    // What it says it is, or not.
    const bytes = [Zlib.gzipSync(plain), Zlib.brotliCompressSync(plain), plain][number(3)]!
    return {
      plan,
      wire: (token) => ({
        ...toWire(plan, token, { body: bytes }),
        headers: [...headersOf(plan, token, true), ["content-encoding", encoding]]
      }),
      expected: [415] as const
    }
  })
)

/** A body where none is asked for. */
const unasked: Kind = {
  name: "body: where none is asked for",
  applies: (endpoint) => !takesBody(endpoint),
  samples: (endpoint) =>
    mapped(
      fc.tuple(
        plans(endpoint),
        fc.oneof(
          mapped(anyJson, (value) => Buffer.from(JSON.stringify(value))),
          mapped(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => Buffer.from(bytes)),
          fc.constantFrom(...brokenUtf8),
          fc.constant(Buffer.alloc(2 * mebibyte, "x"))
        ),
        fc.constantFrom<Framing>("length", "chunked"),
        fc.boolean()
      ),
      ([plan, bytes, framing, json]) => ({
        plan,
        wire: (token) => toWire(plan, token, { body: bytes, framing, headers: headersOf(plan, token, json) }),
        expected: "any"
      })
    )
}

export const kinds: ReadonlyArray<Kind> = [
  swapped,
  missing,
  excess,
  numbers,
  texts,
  notUtf8,
  cutOff,
  garbage,
  deep,
  doubled,
  none,
  tooLarge,
  inChunks,
  mediaType,
  packed,
  unasked
]
