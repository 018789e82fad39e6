/**
 * What callers pass, checked against a schema before anything is done with it.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Input that breaks the rules of the schema; `message` names every place and what was expected there. */
export class InvalidInput extends Schema.TaggedError<InvalidInput>()("InvalidInput", { message: Schema.String }) {}

/** Decodes what a caller passed, or fails with `InvalidInput` that names every issue and its place. */
export const parse = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownEffect(schema, { errors: "all", onExcessProperty: "error" })
  return (input: unknown): Effect.Effect<S["Type"], InvalidInput> =>
    Effect.mapError(decode(input), (error) => new InvalidInput({ message: error.message }))
}

/**
 * The same for one value, which has its place in the message under a name. `atOnce` is for what comes by the thousand:
 * it reads as the schema does, or leaves it to the schema, by undefined.
 */
export const parseOne = <S extends Schema.Codec<unknown, unknown>>(
  name: string,
  schema: S,
  atOnce?: (input: unknown) => S["Type"] | undefined
) => {
  const decode = parse(Schema.Struct({ [name]: schema }))
  const bySchema = (input: unknown): Effect.Effect<S["Type"], InvalidInput> =>
    Effect.map(decode({ [name]: input }), (decoded) => (decoded as Record<string, S["Type"]>)[name]!)
  if (atOnce === undefined) return bySchema
  return (input: unknown): Effect.Effect<S["Type"], InvalidInput> => {
    const read = atOnce(input)
    return read === undefined ? bySchema(input) : Effect.succeed(read)
  }
}

/** Reads a list item by item, as `atOnce` of `parseOne`. */
export const listAtOnce =
  <A>(atOnce: (item: unknown) => A | undefined) =>
  (input: unknown): ReadonlyArray<A> | undefined => {
    if (!Array.isArray(input)) return undefined
    const items: Array<A> = []
    for (let index = 0; index < input.length; index++) {
      const item = atOnce(input[index])
      if (item === undefined) return undefined
      items.push(item)
    }
    return items
  }
