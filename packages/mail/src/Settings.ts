/**
 * Settings as plain strings, the way an environment or a form has them.
 */
import { InvalidInput } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { Address, addresses, atDomain, Concurrency, Locale, type Options } from "./Options.ts"
import { connection, type Server } from "./Smtp.ts"

/** Options for any of the layers: those of `layerSmtp` if there is a `url` or `host`, of `layerFiles` if a `folder`. */
export interface Settings extends Options, Server {
  readonly folder?: string | undefined
}

const list = Schema.String.check(
  Schema.makeFilter((text) => addresses(text) !== null || "addresses such as olga@company.example, with commas between")
)

const flag = Schema.Literals(["true", "false"]).pipe(
  Schema.decodeTo(
    Schema.Boolean,
    SchemaTransformation.transform({
      decode: (text: "true" | "false") => text === "true",
      encode: (value: boolean) => (value ? "true" : "false")
    })
  )
)

const Domain = Schema.String.check(
  Schema.makeFilter((text) => atDomain(text)("popug" as never) !== null || "a domain such as company.example")
)

const Strings = Schema.Struct({
  /** Whom the mails come from. */
  from: Address,
  /** Addresses with commas or semicolons between them. */
  management: Schema.optionalKey(list),
  accountants: Schema.optionalKey(list),
  /** Where popugs have their addresses, each `id@domain` (see `atDomain`); without it they get no mail. */
  domain: Schema.optionalKey(Domain),
  locale: Schema.optionalKey(Locale),
  concurrency: Schema.optionalKey(Schema.NumberFromString.pipe(Schema.decodeTo(Concurrency))),
  url: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)),
  host: Schema.optionalKey(Schema.String),
  port: Schema.optionalKey(
    Schema.NumberFromString.pipe(Schema.decodeTo(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))))
  ),
  secure: Schema.optionalKey(flag),
  requireTls: Schema.optionalKey(flag),
  user: Schema.optionalKey(Schema.String),
  password: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)),
  certificate: Schema.optionalKey(Schema.String),
  folder: Schema.optionalKey(Schema.String)
})

/** The names that settings may have; a value that is missing or empty is not set. */
export type SettingName = keyof typeof Strings.fields
const names: ReadonlySet<string> = new Set(Object.keys(Strings.fields))

const decode = Schema.decodeUnknownEffect(Strings, { errors: "all" })

/**
 * Settings from plain strings. Fails with `InvalidInput` that names every place and what was expected there, and never
 * repeats a password.
 */
export const parse = Effect.fnUntraced(function* (
  input: Readonly<Partial<Record<SettingName, string | undefined>>>
): Effect.fn.Return<Settings, InvalidInput> {
  const given = Object.entries(input).filter(([, value]) => value !== undefined && value.trim() !== "")
  const unknown = given.map(([name]) => name).filter((name) => !names.has(name))
  if (unknown.length > 0) return yield* new InvalidInput({ message: `there is no setting ${unknown.join(", ")}` })
  const { accountants, domain, management, ...rest } = yield* Effect.mapError(
    decode(Object.fromEntries(given)),
    (error) => new InvalidInput({ message: error.message })
  )
  const bySmtp = rest.url !== undefined || rest.host !== undefined
  if (bySmtp && rest.folder !== undefined) {
    return yield* new InvalidInput({ message: "mail goes to a server (url or host) or into a folder, not both" })
  }
  if (bySmtp) yield* Effect.fromResult(connection(rest))
  return {
    ...rest,
    management: addresses(management ?? "") ?? [],
    accountants: addresses(accountants ?? "") ?? [],
    popug: domain === undefined ? () => null : atDomain(domain)
  }
})
