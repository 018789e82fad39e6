/**
 * How companies are opened: what callers ask for, checked, and the identities that their contexts are opened with.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { identified as identifiedBilling } from "../billing/identity.ts"
import { Company, identified, usual } from "../company/Company.ts"
import { identified as identifiedTasks } from "../tasks/identity.ts"
import type { Digest } from "../values/Digest.ts"
import * as Input from "../values/Input.ts"
import * as TimeZone from "../values/TimeZone.ts"
import type { OpeningCompany } from "./CompanyHome.ts"
import { type CompanyRecord, type CompanySettings, NewCompany } from "./CompanyRecord.ts"

/** What callers ask to be opened. An id that comes twice is refused. */
export const parseNew = Input.parse(
  Schema.Array(NewCompany).check(
    Schema.makeFilter(
      (companies) => new Set(companies.map(({ id }) => id)).size === companies.length || "each company once"
    )
  )
)

/** The record of a new company; `database` is where companies go that name none. */
export const recordOf = (
  { database: named, id, ...settings }: typeof NewCompany.Type,
  database: string
): CompanyRecord => ({ id, database: named ?? database, status: "open", settings: { ...usual, ...settings }, moves: 0 })

/** Whether a company that is there is the one that is asked for: then to open it once more changes nothing. */
export const isSame = (kept: CompanyRecord, asked: CompanyRecord): boolean =>
  kept.database === asked.database && sameSettings(kept.settings, asked.settings)

const sameSettings = (kept: CompanySettings, asked: CompanySettings): boolean =>
  TimeZone.same(kept.timeZone, asked.timeZone) &&
  (["cutoff", "currency", "closing", "longestJump"] as const).every((setting) => kept[setting] === asked[setting])

/** The company of a record, for the layers that work for it. */
export const companyOf = (
  { id, settings }: Pick<CompanyRecord, "id" | "settings">,
  secret: Redacted.Redacted<string>
): Company["Service"] => Company.make({ id, ...settings, secret })

/** The identities of a company's contexts, by the policies that are around this. */
export const identitiesOf = (company: Company["Service"]): Effect.Effect<OpeningCompany, never, Digest> =>
  Effect.provideContext(
    Effect.gen(function* () {
      const identity = yield* identified
      const identities = {
        users: identity,
        tasks: yield* identifiedTasks,
        billing: yield* identifiedBilling,
        reports: identity
      }
      return { id: company.settings.id, identities, calendar: company.calendar }
    }),
    Context.make(Company, company)
  )
