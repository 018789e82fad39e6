/**
 * Who gets what, and how it is written: the options that all layers share.
 */
import { InvalidInput, type UserId } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import addressparser from "nodemailer/lib/addressparser"
import { line } from "./text.ts"

/** Addresses are `olga@company.example` or `Olga <olga@company.example>`. */
export interface Options {
  /** Whom the mails come from. */
  readonly from: string
  /** Who gets the daily report. Nobody: it counts as sent, and the log says so. */
  readonly management: ReadonlyArray<string>
  /** Who gets the audit log. */
  readonly accountants: ReadonlyArray<string>
  /** Where a popug gets word of a payout; null for one without an address. `atDomain` makes such a function. */
  readonly popug: (owner: UserId) => string | null
  /** How amounts and dates are written: a BCP 47 tag; default: `en-US`. Words stay English. */
  readonly locale?: string | undefined
  /** How many mails are on their way at a time; default: 5. */
  readonly concurrency?: number | undefined
  /**
   * When a batch is given up: what is not sent by then is an error, to be tried again. Default: 50 s; the core
   * holds a notice for a minute before another node takes it.
   */
  readonly timeLimit?: Duration.Input | undefined
}

/** An address, with what its owner is called. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

const plain = /^[^\s"(),:;<>@[\\\]\p{Cc}]+@[^\s"(),:;<>@[\\\]\p{Cc}]+$/u
const isAddress = (text: string): boolean =>
  text.length <= 254 && plain.test(text) && !/^\.|\.\.|\.@|@[.-]|[.-]$/u.test(text)

/**
 * Reads a list of addresses as mail programs write it: `olga@company.example`, `Olga <olga@company.example>` or
 * `"Nowak, Olga" <olga@company.example>`, with commas or semicolons between them; null where one of them is none.
 */
const mailboxes = (text: string): ReadonlyArray<Mailbox> | null => {
  if (/\p{Cc}/u.test(text)) return null
  const found: Array<Mailbox> = []
  for (const entry of addressparser(text)) {
    if (entry.group !== undefined || !isAddress(entry.address)) return null
    found.push({ name: line(entry.name), address: entry.address })
  }
  // The parser makes a name of whatever stands beside an address, such as a second one after a forgotten comma.
  const withName = found.filter(({ name }) => name !== "").length
  return withName <= text.split("<").length - 1 ? found : null
}

/** Reads an address; null for what is none. */
export const mailbox = (text: string): Mailbox | null => {
  const found = mailboxes(text)
  return found?.length === 1 ? found[0]! : null
}

/** An address as text that `mailbox` reads. */
const written = ({ address, name }: Mailbox): string => {
  if (name === "") return address
  return `${/^[\p{L}\p{M}\p{N} ]*$/u.test(name) ? name : `"${name.replaceAll(/["\\]/gu, "\\$&")}"`} <${address}>`
}

/** The addresses of a list, each as text of its own: for `management` and `accountants`. Null where one is none. */
export const addresses = (list: string): ReadonlyArray<string> | null => mailboxes(list)?.map(written) ?? null

/** An address as text, checked. */
export const Address = Schema.String.check(
  Schema.makeFilter((text) => mailbox(text) !== null || "an address such as olga@company.example")
)

const isLocale = (text: string): boolean => {
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}
export const Locale = Schema.String.check(Schema.makeFilter((text) => isLocale(text) || "a language tag such as de-DE"))

export const Concurrency = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))

const Common = Schema.Struct({
  from: Address,
  management: Schema.Array(Address),
  accountants: Schema.Array(Address),
  locale: Locale,
  concurrency: Concurrency
})

/** Options that were checked. */
export interface Resolved {
  readonly from: Mailbox
  readonly management: ReadonlyArray<Mailbox>
  readonly accountants: ReadonlyArray<Mailbox>
  readonly popug: (owner: UserId) => string | null
  readonly locale: string
  readonly concurrency: number
  readonly timeLimitMillis: number
}

const decode = Schema.decodeUnknownEffect(Common, { errors: "all" })

/** Checks options; fails with `InvalidInput` that names every place. */
export const resolve = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Resolved, InvalidInput> {
  const { accountants, concurrency, from, locale, management } = yield* Effect.mapError(
    decode({ ...options, locale: options.locale ?? "en-US", concurrency: options.concurrency ?? 5 }),
    (error) => new InvalidInput({ message: error.message })
  )
  const limit = Option.map(Duration.fromInput(options.timeLimit ?? "50 seconds"), Duration.toMillis)
  if (Option.isNone(limit) || !(limit.value > 0 && limit.value <= longestLimit)) {
    return yield* new InvalidInput({ message: "timeLimit must be a duration above zero, of a day at most" })
  }
  return {
    from: mailbox(from)!,
    management: management.map((text) => mailbox(text)!),
    accountants: accountants.map((text) => mailbox(text)!),
    popug: options.popug,
    locale,
    concurrency,
    timeLimitMillis: limit.value
  }
})
const longestLimit = 86_400_000

/**
 * Addresses that are a popug's id at one domain, for `Options.popug`. Null for an id with capital letters, since mail
 * servers take `Kim` and `kim` for one mailbox and what one earns is not for the other; and for an id that can't stand
 * in an address (one with two dots in a row, or one at the end).
 */
export const atDomain =
  (domain: string) =>
  (owner: UserId): string | null =>
    owner === owner.toLowerCase() && isAddress(`${owner}@${domain}`) ? `${owner}@${domain}` : null
