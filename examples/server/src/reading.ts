/**
 * Settings from an environment: what sections of variables make of it, or everything that is wrong with it.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Variable } from "./kinds.ts"

/** Variables by section, each with a name that no other section has. */
export type Sections = Readonly<Record<string, Readonly<Record<string, Variable<Schema.Top>>>>>

type Names<Section> = Section extends unknown ? keyof Section : never
type VariableOf<Section, Name> = Section extends { readonly [K in Name & string]: infer V } ? V : never
type Fields<S extends Sections> = {
  readonly [Name in Names<S[keyof S]>]: VariableOf<S[keyof S], Name> extends Variable<infer T> ? T : never
}
/** What a program with these sections runs with. */
export type SettingsOf<S extends Sections> = Schema.Struct<Fields<S>>["Type"]

export type Environment = Readonly<Record<string, string | undefined>>

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/**
 * Reads the settings of an environment, or tells everything that is wrong with it. An empty variable is one that is not
 * set. `contradictions` are those between variables that are right by themselves.
 */
export const reader = <const S extends Sections>(
  sections: S,
  contradictions: (settings: SettingsOf<S>, isSet: (name: string) => boolean) => ReadonlyArray<string>
): ((environment: Environment) => Result.Result<SettingsOf<S>, ReadonlyArray<string>>) => {
  const variables: Readonly<Record<string, Variable<Schema.Top>>> = Object.assign({}, ...Object.values(sections))
  const names = Object.keys(variables)
  const fields = Object.fromEntries(names.map((name) => [name, variables[name]!.schema])) as unknown as Fields<S>
  const decode = Schema.decodeUnknownResult(
    Schema.toCodecStringTree(Schema.Struct(fields) as unknown as Schema.Codec<SettingsOf<S>>),
    { errors: "all" }
  )
  return (environment) => {
    const values: Record<string, string> = {}
    for (const name of names) {
      const value = environment[name] || variables[name]!.fallback
      if (value !== undefined) values[name] = value
    }
    const decoded = decode(values)
    const wrong = Result.isFailure(decoded)
      ? issuesOf(decoded.failure.issue).issues.map(
          ({ message, path }) => `${String(path?.[0])}: ${message.replace(/^(?!Expected)/u, "Expected ")}`
        )
      : contradictions(decoded.success, (name) => Boolean(environment[name]))
    const all = [...wrong, ...unknown(names, environment)]
    return Result.isFailure(decoded) || all.length > 0 ? Result.fail(all) : Result.succeed(decoded.success)
  }
}

/** Misspelt variables would go unnoticed. */
const unknown = (names: ReadonlyArray<string>, environment: Environment): ReadonlyArray<string> =>
  Object.keys(environment)
    .filter((name) => name.startsWith("POPUG_") && !names.includes(name))
    .map((name) => `${name}: there is no such setting`)
