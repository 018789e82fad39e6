/**
 * What is stored with a company and compared with each host: at `open`, and in every commit while it holds the head. A
 * host that differs is refused, because it would book to other days, in other money, or draw and price differently.
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import * as BusinessDay from "../values/BusinessDay.ts"
import { canonicalJson, type Sha256 } from "../values/Digest.ts"
import type { Currency } from "../values/Money.ts"
import { StoreError } from "../values/StoreError.ts"
import * as TimeZone from "../values/TimeZone.ts"

/** A company as one of its contexts is opened for it. */
export interface Identity {
  readonly id: string
  readonly timeZone: string
  readonly cutoff: string
  readonly currency: Currency
  /**
   * What decides things to come, by name: `closing`, and fingerprints of the secret and of the context's policies. A
   * rule that only one of two identities has is not compared.
   */
  readonly rules: Readonly<Record<string, string>>
}

const calendars = new Map<string, BusinessDay.Calendar>()
const mostCalendars = 1_000

/**
 * The calendar of a company; the zone is one that the runtime knows. Companies of one zone share what was looked up:
 * thousands of them ask for the same midnight.
 */
export const calendarOf = ({ cutoff, timeZone }: Pick<Identity, "cutoff" | "timeZone">): BusinessDay.Calendar => {
  const key = `${cutoff} ${timeZone}`
  const known = calendars.get(key)
  if (known !== undefined) return known
  const calendar = BusinessDay.makeCalendar(TimeZone.here(timeZone)!, cutoff)
  if (calendars.size >= mostCalendars) calendars.clear()
  calendars.set(key, calendar)
  return calendar
}

/** The company was opened with other settings than this host has. */
export class CompanyMismatch extends Schema.TaggedError<CompanyMismatch>()("CompanyMismatch", {
  /** `id`, `timeZone`, `cutoff` or `currency`; or the name of a rule: `secret`, `closing`, `pricing`, ... */
  setting: Schema.String,
  /** Of the secret and of policies these two are fingerprints. */
  stored: Schema.String,
  configured: Schema.String
}) {
  override get message(): string {
    return `the company was opened with ${this.setting} ${this.stored}, this host has ${this.configured}`
  }
}

/** What can't change once something was booked by it. */
const fixed = ["id", "timeZone", "cutoff", "currency"] as const

const differs = (setting: string, stored: string, configured: string): boolean =>
  stored !== configured && !(setting === "timeZone" && TimeZone.same(stored, configured))

/** The first setting in which a stored identity differs from this host's, as an error; `undefined` when none does. */
export const mismatch = (stored: Identity, configured: Identity): CompanyMismatch | undefined => {
  for (const setting of fixed) {
    if (differs(setting, stored[setting], configured[setting])) {
      return new CompanyMismatch({ setting, stored: stored[setting], configured: configured[setting] })
    }
  }
  for (const [setting, value] of Object.entries(configured.rules)) {
    const known = stored.rules[setting]
    if (known !== undefined && known !== value) {
      return new CompanyMismatch({ setting, stored: known, configured: value })
    }
  }
  return undefined
}

/** A context that has an identity stored. */
export interface Opened {
  readonly name: "users" | "tasks" | "billing" | "reports"
  readonly identity: Identity
}

/**
 * What the `adopt` of a context's store puts in the place of what is stored, for every context of its database, or why
 * it must not. The id never changes. Zone, cutoff and currency do while `isEmpty` (the streams of tasks and billing
 * are, and billing has applied nothing of tasks'), and only by the tasks context where it is there: its open period
 * goes by them. Rules may always change; those of the other contexts' own policies stay.
 */
export const adoption = (
  own: Opened["name"],
  opened: ReadonlyArray<Opened>,
  isEmpty: boolean,
  configured: Identity
): ReadonlyArray<Opened> | CompanyMismatch => {
  const mayMove = isEmpty && (own === "tasks" || opened.every(({ name }) => name !== "tasks"))
  const after: Array<Opened> = []
  for (const { identity: stored, name } of opened) {
    const other = mismatch({ ...stored, rules: {} }, configured)
    if (other !== undefined && (other.setting === "id" || !mayMove)) return other
    const shared = Object.entries(configured.rules).filter(([rule]) => rule in stored.rules)
    const rules = name === own ? configured.rules : { ...stored.rules, ...Object.fromEntries(shared) }
    after.push({ name, identity: { ...configured, rules } })
  }
  return after
}

/** A commit of a host that is not the company's any more: nothing was written, and nothing will be. */
export const refused = (error: CompanyMismatch): StoreError =>
  new StoreError({ reason: "Mismatch", retryable: false, committed: "no", message: error.message, cause: error })

/** The company was put to rest: nothing is written for it, and nobody is served, until it is woken. */
export class CompanyResting extends Schema.TaggedError<CompanyResting>()("CompanyResting", { company: Schema.String }) {
  override get message(): string {
    return `company ${this.company} was put to rest`
  }
}

/** A commit for a company that was put to rest: nothing was written. */
export const resting = (company: string): StoreError => {
  const cause = new CompanyResting({ company })
  return new StoreError({ reason: "Resting", retryable: false, committed: "no", message: cause.message, cause })
}

/** So much of a digest that two rules do not look alike, and no more. */
const fingerprint = (sha256: Sha256, content: unknown): string => sha256(canonicalJson(content)).slice(0, 16)

/** Tells two secrets apart. */
export const ofSecret = (sha256: Sha256, company: string, secret: string): string =>
  fingerprint(sha256, ["popug.secret", company, secret])

/**
 * Tells two policies apart by what they answer to the same questions. `undefined` where that can't be told: a policy
 * that throws, or answers differently when it is asked again.
 */
export const ofAnswers = (sha256: Sha256, ask: () => unknown): string | undefined => {
  try {
    const answer = fingerprint(sha256, ask())
    return answer === fingerprint(sha256, ask()) ? answer : undefined
  } catch {
    return undefined
  }
}

/** An identity with more rules; those that could not be told are left out. */
export const withRules = (identity: Identity, rules: Readonly<Record<string, string | undefined>>): Identity => {
  const known = Object.entries(rules).filter((rule): rule is [string, string] => rule[1] !== undefined)
  return { ...identity, rules: { ...identity.rules, ...Object.fromEntries(known) } }
}

/**
 * Whether a store's `open` makes the rows of a company that has none. A host of many says no as it serves one: they are
 * opened by an act of their own, and one without rows has moved away since its record was read. Rows that were made for
 * it there would be a second history.
 */
export const MakesRows = Context.Reference<boolean>("@popug/core/MakesRows", { defaultValue: () => true })

/** A company has no rows where it was looked for, and none are to be made. */
export const absent = (company: string): StoreError =>
  new StoreError({
    reason: "Unavailable",
    retryable: true,
    committed: "no",
    message: `company ${company} has no rows here: it has moved away, or to open it once more makes them`
  })
