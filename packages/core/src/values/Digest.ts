/**
 * The digest port, canonical JSON and keyed draws.
 *
 * Core has no cryptography of its own: an adapter brings SHA-256. It is synchronous, so that decisions stay pure.
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"

/** The SHA-256 of a text's UTF-8 bytes, as 64 lower-case hexadecimal digits. */
export type Sha256 = (text: string) => string

/** The port that makes digests. */
export class Digest extends Context.Service<Digest, { readonly sha256: Sha256 }>()("@popug/core/Digest") {}

/** A digest as it is told to people: the seal of a period. */
export const Seal = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u, { expected: "64 hexadecimal digits" }))

/** What a chain of digests starts from. */
export const origin = "0".repeat(64)

/** A JSON value with the keys of every object sorted and bigints as strings: the same value, the same bytes. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value))

/** The value itself where it is in order already, as most are: only what is not is copied. */
const sorted = (value: unknown): unknown => {
  if (typeof value === "bigint") return value.toString()
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(sorted)
    return items.every((item, index) => item === value[index]) ? value : items
  }
  const source = value as Record<string, unknown>
  const keys = Object.keys(source)
  if (isPlain(source, keys)) return value
  // Without a prototype "__proto__" is a key like any other; with one an object is written faster.
  const result: Record<string, unknown> = keys.includes("__proto__") ? Object.create(null) : {}
  for (const key of keys.sort()) result[key] = sorted(source[key])
  return result
}

/** Whether the keys are in order and nothing is below them: the data of the events that come by the thousand. */
const isPlain = (source: Record<string, unknown>, keys: ReadonlyArray<string>): boolean => {
  for (let index = 0; index < keys.length; index++) {
    if (index > 0 && keys[index - 1]! >= keys[index]!) return false
    const item = source[keys[index]!]
    if (typeof item === "bigint" || (typeof item === "object" && item !== null)) return false
  }
  return true
}

/**
 * What keys a company's draws: nobody can foresee one without the secret, and companies that share a secret draw apart.
 */
export const drawKey = (sha256: Sha256, company: string, secret: string): string =>
  sha256(JSON.stringify(["popug.draws", company, secret]))

/**
 * What is drawn. The purpose has a place of its own in what is digested, before everything that callers choose: no id
 * of a task can make the draw of one purpose that of another.
 */
export type Purpose = "assignee" | "price"

/** A number drawn for a purpose: uniform in `[0, 1)`, the same for the same key and parts wherever it is drawn. */
export const draw = (sha256: Sha256, key: string, purpose: Purpose, parts: ReadonlyArray<string | number>): number => {
  // The JSON of an array, put together by hand, which is faster.
  let text = `[${JSON.stringify(key)},"${purpose}"`
  for (const part of parts) text += `,${JSON.stringify(part)}`
  return parseInt(sha256(`${text}]`).slice(0, 12), 16) / 0x1000000000000
}
