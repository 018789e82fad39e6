/**
 * A company as a host of many keeps it: where its rows are, whether it works, and what it was opened with.
 */
import * as Schema from "effect/Schema"
import * as Company from "../company/Company.ts"

const { closing, currency, cutoff, id, longestJump, timeZone } = Company.Settings.fields

/** What a company is opened with, besides its id and its secret. */
export const CompanySettings = Schema.Struct({ timeZone, cutoff, currency, closing, longestJump })
export type CompanySettings = typeof CompanySettings.Type

/** The name that the host gives to a database: `main`, `eu-1`. */
const DatabaseName = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,62}$/u, { expected: "a short lower-case name" })
)

/** `resting`: it is served by nobody, and nothing is written for it, until it is woken. */
export const CompanyStatus = Schema.Literals(["open", "resting"])
export type CompanyStatus = typeof CompanyStatus.Type

export const CompanyRecord = Schema.Struct({
  id,
  /** The name of the database that holds its rows. */
  database: DatabaseName,
  status: CompanyStatus,
  settings: CompanySettings,
  /** How often it has moved to another database: whoever stood still meanwhile finds another number. */
  moves: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
export type CompanyRecord = typeof CompanyRecord.Type

/** A company whose record this process can't read, as one in a time zone that it does not know. */
export interface UnreadableCompany {
  readonly id: string
  /** What is wrong with the record. */
  readonly unreadable: string
}

/** What a company is opened with; default: UTC, midnight, USD, automatic closing, the host's default database. */
export const NewCompany = Schema.Struct({
  id,
  database: Schema.optionalKey(DatabaseName),
  timeZone: Schema.optionalKey(timeZone),
  cutoff: Schema.optionalKey(cutoff),
  currency: Schema.optionalKey(currency),
  closing: Schema.optionalKey(closing),
  longestJump: Schema.optionalKey(longestJump)
})
export interface NewCompany {
  readonly id: string
  readonly database?: string
  readonly timeZone?: string
  readonly cutoff?: string
  readonly currency?: string
  readonly closing?: "automatic" | "by-hand"
  readonly longestJump?: number | null
}

/** No company of that id was opened here. */
export class UnknownCompany extends Schema.TaggedError<UnknownCompany>()("UnknownCompany", {
  company: Schema.String
}) {
  override get message(): string {
    return `no company ${this.company} is known here`
  }
}

/** The host has no database of that name. */
export class UnknownDatabase extends Schema.TaggedError<UnknownDatabase>()("UnknownDatabase", {
  database: Schema.String
}) {
  override get message(): string {
    return `this host has no database ${this.database}`
  }
}

/** Companies of these ids were opened with other settings, or in another database. */
export class CompanyAlreadyExists extends Schema.TaggedError<CompanyAlreadyExists>()("CompanyAlreadyExists", {
  companies: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `opened already, otherwise than asked for: ${this.companies.join(", ")}`
  }
}
