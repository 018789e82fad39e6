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

/** The same for one value, which has its place in the message under a name. */
export const parseOne = <S extends Schema.Codec<unknown, unknown>>(name: string, schema: S) => {
  const decode = parse(Schema.Struct({ [name]: schema }))
  return (input: unknown): Effect.Effect<S["Type"], InvalidInput> =>
    Effect.map(decode({ [name]: input }), (decoded) => (decoded as Record<string, S["Type"]>)[name]!)
}
