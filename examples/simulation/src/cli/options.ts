/**
 * The options of a program: parsed by Node, checked by schemas, explained by `--help`.
 */
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { write } from "./terminal.ts"

/** An option that takes a value. */
export interface Option<A> {
  readonly schema: Schema.Codec<A, string>
  readonly default: A
  /** What the help calls the value. */
  readonly value: string
  readonly about: string
}

/** An option that is there or not. */
interface Switch {
  readonly about: string
}

export interface Program {
  /** How it is started, without options. */
  readonly usage: string
  readonly about: string
  /** What the help calls the argument, if one is taken. */
  readonly argument?: { readonly name: string; readonly about: string; readonly optional?: true }
  readonly options: Readonly<Record<string, Option<never> | Switch>>
  readonly examples: ReadonlyArray<readonly [command: string, about: string]>
}

/** What the options of a program come to. */
export type Parsed<P extends Program> = {
  readonly [Name in keyof P["options"]]: P["options"][Name] extends { readonly schema: Schema.Codec<infer A, string> }
    ? A
    : boolean
} & (P extends { readonly argument: { readonly optional: true } }
  ? { readonly argument: string | undefined }
  : P extends { readonly argument: object }
    ? { readonly argument: string }
    : unknown)

/** The program was asked for something that it does not understand. */
export class UsageError extends Schema.TaggedError<UsageError>()("UsageError", { message: Schema.String }) {}

/** An option with a value, or nothing. */
export const optional = (value: string, about: string): Option<string | undefined> => ({
  schema: Schema.NonEmptyString as Schema.Codec<string | undefined, string>,
  default: undefined,
  value,
  about
})

export const option = <A>(schema: Schema.Codec<A, string>, value: string, fallback: A, about: string): Option<A> => ({
  schema,
  default: fallback,
  value,
  about
})

/** A whole number from 1 on. */
export const Count = Schema.NumberFromString.check(Schema.isInt(), Schema.isGreaterThan(0))

/** Reads the command line; `undefined` once `--help` has been answered. */
export const parse = Effect.fnUntraced(function* <const P extends Program>(program: P, args: ReadonlyArray<string>) {
  const { argument, options } = program
  const { positionals, values } = yield* Effect.try({
    try: () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          help: { type: "boolean", short: "h" },
          ...Object.fromEntries(
            Object.entries(options).map(([name, option]) => [
              name,
              { type: "schema" in option ? ("string" as const) : ("boolean" as const) }
            ])
          )
        }
      }),
    // The rest is advice on arguments that begin with a dash.
    catch: (error) => new UsageError({ message: (error as Error).message.split(". ")[0]! })
  })
  if (values.help === true) return yield* Effect.as(write(help(program)), undefined)
  const most = argument === undefined ? 0 : 1
  if (positionals.length > most) {
    return yield* new UsageError({ message: `what is ${JSON.stringify(positionals[most])} for?` })
  }
  if (argument !== undefined && argument.optional !== true && positionals.length === 0) {
    return yield* new UsageError({ message: `which ${argument.name}?` })
  }
  const given = values as Readonly<Record<string, string | boolean | undefined>>
  const parsed: Record<string, unknown> = { argument: positionals[0] }
  for (const [name, option] of Object.entries(options)) {
    const value = given[name]
    if (!("schema" in option)) parsed[name] = value === true
    else if (value === undefined) parsed[name] = option.default
    else {
      parsed[name] = yield* Schema.decodeUnknownEffect(option.schema as Schema.Codec<unknown, string>)(value).pipe(
        Effect.mapError((error) => new UsageError({ message: `--${name} ${String(value)}: ${error.message}` }))
      )
    }
  }
  return parsed as Parsed<P>
})

const help = ({ about, argument, examples, options, usage }: Program): string => {
  const rows = Object.entries(options).map(([name, option]) => ({
    left: "schema" in option ? `--${name} ${option.value}` : `--${name}`,
    right: option.about + ("schema" in option && option.default !== undefined ? ` (${String(option.default)})` : "")
  }))
  if (argument !== undefined) rows.unshift({ left: argument.name, right: argument.about })
  rows.push({ left: "--help", right: "Show this" })
  const width = Math.max(...rows.map(({ left }) => left.length))
  return [
    about,
    "",
    `Usage: ${usage}`,
    "",
    ...rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`),
    "",
    "Examples:",
    ...examples.flatMap(([command, what]) => [`  ${what}:`, `    ${command}`]),
    ""
  ].join("\n")
}
