/**
 * What a run did wrong.
 */

/** A rule that was broken, and how. */
export interface Violation {
  /** The rule, in a word or two. */
  readonly rule: string
  readonly message: string
}

/** Collects violations; of each rule the first few, since one mistake breaks a rule many times. */
export class Findings {
  readonly #violations: Array<Violation> = []
  readonly #counts = new Map<string, number>()

  /** Notes a violation unless it holds. */
  expect(holds: boolean, rule: string, message: () => string): void {
    if (holds) return
    const count = this.#counts.get(rule) ?? 0
    this.#counts.set(rule, count + 1)
    if (count < 5) this.#violations.push({ rule, message: message() })
  }

  /** Notes a violation unless both are the same by their text. */
  same(found: unknown, expected: unknown, rule: string, place: () => string): void {
    const [a, b] = [text(found), text(expected)]
    this.expect(a === b, rule, () => `${place()} is ${a}, expected ${b}`)
  }

  get all(): ReadonlyArray<Violation> {
    return this.#violations
  }
}

/** A value as text, the same for the same value: keys in order, bigints as digits. */
export const text = (value: unknown): string => {
  if (typeof value !== "object" || value === null) {
    return typeof value === "bigint" ? value.toString() : (JSON.stringify(value) ?? "undefined")
  }
  if (Array.isArray(value)) return `[${value.map(text).join(",")}]`
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${text(field)}`).join(",")}}`
}
