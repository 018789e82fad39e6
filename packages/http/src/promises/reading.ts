/**
 * How an answer is read: which of its members are no plain JSON.
 */

/** A `bigint` and an instant are texts in JSON; an array says how its items are read, an object some of its members. */
export type Reading = "bigint" | "instant" | readonly [Reading] | { readonly [member: string]: Reading }

/** An endpoint of the contract, as much as a caller needs. */
export interface Endpoint {
  readonly method: string
  /** With `:name` for each of its parameters. */
  readonly path: string
  /** Asks for no token. */
  readonly open?: true
  /** A command: what makes it repeatable is an idempotency key. */
  readonly command?: true
  /** What is asked has a body. */
  readonly payload?: true
  /** The answer comes with these headers beside its body. */
  readonly headers?: ReadonlyArray<string>
  /** The answer is read as it comes. */
  readonly stream?: true
  readonly reading?: Reading
}

/** What JSON says, as it is meant. Fills in where it is: nobody else has what was just parsed. */
export const read = (reading: Reading | undefined, value: unknown): unknown => {
  if (reading === undefined || value === null || value === undefined) return value
  if (reading === "bigint") return BigInt(value as string)
  if (reading === "instant") return new Date(value as string)
  if (isList(reading)) return (value as Array<unknown>).map((item) => read(reading[0], item))
  const object = value as Record<string, unknown>
  for (const [name, inner] of Object.entries(reading)) {
    if (Object.hasOwn(object, name)) object[name] = read(inner, object[name])
  }
  return object
}

const isList = (reading: Reading): reading is readonly [Reading] => Array.isArray(reading)
