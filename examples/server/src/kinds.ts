/**
 * What a variable of the environment can be: kinds of text, each told in the words of its rule.
 */
import { Mail } from "@popug/mail"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"

/** A variable: what it must be, what it is when it is not set, and what for. */
export interface Variable<S extends Schema.Top> {
  readonly schema: S
  readonly fallback?: string
  readonly help: string
}

export const given = <S extends Schema.Top>(schema: S, fallback: string, help: string): Variable<S> => ({
  schema,
  fallback,
  help
})
export const optional = <S extends Schema.Constraint>(schema: S, help: string): Variable<Schema.optionalKey<S>> => ({
  schema: Schema.optionalKey(schema),
  help
})

export const Text = Schema.NonEmptyString
export const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 }))
export const Positive = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }))
export const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))
/** Text of a kind that is told in words; problems never repeat the text, which may be a secret. */
export const Kind = (words: string, isOne: (text: string) => boolean) =>
  Schema.String.check(Schema.makeFilter((text) => isOne(text) || words))

export const isUrl = (text: string, ...protocols: ReadonlyArray<string>): boolean =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol)
export const isPostgres = (text: string): boolean => isUrl(text, "postgres:", "postgresql:")
const isLoopback = (url: string): boolean => ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname)
export const Url = Kind("a URL that begins with http:// or https://", (text) => isUrl(text, "http:", "https:"))
/** Where tokens or their keys come from: nobody may stand in between. */
export const SecureUrl = Kind(
  "a URL that begins with https://, or http:// on this machine",
  (text) => isUrl(text, "https:") || (isUrl(text, "http:") && isLoopback(text))
)

/** The items of a list. */
export const items = (list: string): ReadonlyArray<string> => list.split(",").map((item) => item.trim())
/** Items with commas between them, each of a kind. */
export const List = (words: string, isOne: (item: string) => boolean) =>
  Kind(`${words}, with commas between them`, (text) => items(text).every(isOne))

/** What stands for a company's id in the settings of mail, on a server of many. */
export const ofCompany = (text: string, company: string): string => text.replaceAll("{company}", company)

/** What mail takes: its rules are asked, not repeated. */
export const MailSetting = (name: Mail.SettingName, words: string) =>
  Kind(words, (text) =>
    Exit.isSuccess(Effect.runSyncExit(Mail.parse({ from: "popug@localhost", [name]: ofCompany(text, "company") })))
  )
export const addresses = "addresses such as olga@company.example, with commas or semicolons between them"

/** Words for what a page tells a provider: parameters of a request. */
export const Parameters = List("pairs such as audience=popug", (text) => /^[a-z_]+=.+$/u.test(text))

/** The members of pairs. */
export const pairs = (list: string): ReadonlyArray<readonly [name: string, value: string]> =>
  items(list).map((pair) => {
    const at = pair.indexOf("=")
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
