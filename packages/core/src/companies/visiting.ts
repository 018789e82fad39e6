/**
 * A visit to a company: all that is due of it is done, and it is let go.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { BillingStore } from "../billing/BillingStore.ts"
import * as Actor from "../company/Actor.ts"
import { Company } from "../company/Company.ts"
import { CompanyResting } from "../company/Identity.ts"
import { Reports } from "../reports/Reports.ts"
import { Consumers } from "../stream/Consumers.ts"
import { CommandRetention, forget } from "../stream/retention.ts"
import { Tasks } from "../tasks/Tasks.ts"
import { TaskStore } from "../tasks/TaskStore.ts"
import { UserStore } from "../users/UserStore.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import { StoreError } from "../values/StoreError.ts"
import type { Activation } from "./Activation.ts"
import { UnknownCompany } from "./CompanyRecord.ts"
import type { Claim } from "./CompanyWork.ts"

/** A company that is gone for so many visits one after the other was not just put to rest. */
const lingering = 3

/**
 * After how long a visit is given up: what it has applied by then stays applied. The claim is over long before, and is
 * not prolonged: another node may then visit the company as well, which costs time and changes nothing, since claims
 * guard nothing. So a visit that hangs keeps the company from others for no longer than its claim.
 */
const longest = Duration.minutes(5)

/** Ends the days that are over by the store's clock; returns whether there were any. */
const endDays = Effect.gen(function* () {
  const { calendar } = yield* Company
  const store = yield* TaskStore
  const { period } = yield* store.head
  const now = yield* store.now
  if (BusinessDay.endOf(calendar, period).epochMilliseconds > now.epochMilliseconds) return false
  yield* (yield* Tasks).endRegistration(Actor.system)
  return true
})

const tidy = Effect.gen(function* () {
  const retention = yield* CommandRetention
  if (retention === null) return
  const stores = [yield* UserStore, yield* TaskStore, yield* BillingStore]
  yield* forget(
    retention,
    stores.map(({ forgetCommands }) => forgetCommands)
  )
})

/**
 * All that is due; returns whether a day that its row says is over was none to be ended: then the row was written by
 * another edition of the zone's history than this process has. A day that can't be ended keeps no event from being
 * applied, and no notice from being sent.
 */
const doAll = Effect.fnUntraced(function* (isDayOver: boolean) {
  const ended = yield* Effect.exit(isDayOver ? endDays : Effect.succeed(false))
  yield* (yield* Consumers).settle
  yield* (yield* Reports).dispatch
  const isNewDay = yield* ended
  if (isNewDay) yield* tidy
  return isDayOver && !isNewDay
})

/** What became of a visit: all was done, something failed, or nobody may do it here. */
export type Outcome = "done" | "failed" | "gone"

/** Why nothing may be done for a company after all. */
const isGone = (error: unknown): boolean =>
  error instanceof UnknownCompany ||
  error instanceof CompanyResting ||
  (error instanceof StoreError && error.reason === "Resting")

/** How long to wait after so many failures: a second, then twice as long each time, up to five minutes. */
const putOffMillis = (failures: number): number => Math.min(1_000 * 2 ** Math.min(failures - 1, 20), 300_000)

/**
 * How often a company that is gone is looked at again, at the least: its rows say that there is work until somebody
 * finishes what was begun, as a rest that failed in the middle; and once it is woken it is not to wait for long.
 */
const seldomMillis = 30_000

/** How long a company is left alone that could not be visited in vain for so many times. */
export const waitAfter = (outcome: Exclude<Outcome, "done">, attempts: number): number =>
  outcome === "gone" ? Math.min(putOffMillis(attempts), seldomMillis) : putOffMillis(attempts)

/**
 * Visits a company that was claimed in a database. What goes wrong is said in the log. One that rests, or is not known
 * as a company of that database, is gone: given back at once it would be found again at once, and before all others.
 */
export const visit = (
  activation: Activation,
  database: string,
  { attempts, company, isDayOver }: Claim
): Effect.Effect<Outcome> =>
  Effect.gen(function* () {
    const visiting = Effect.flatMap(activation.visit(company, database), (services) =>
      Effect.provideContext(doAll(isDayOver), services)
    )
    const exit = yield* visiting.pipe(Effect.scoped, Effect.timeout(longest), Effect.exit)
    // Another node may have ended the day meanwhile: asked once more, there is nothing to do.
    if (Exit.isSuccess(exit)) return exit.value ? "failed" : "done"
    const error = Cause.squash(exit.cause)
    // The host goes down: nothing is wrong with the company.
    if (Cause.hasInterruptsOnly(exit.cause)) return "gone"
    if (isGone(error)) {
      // It may just have been put to rest.
      if (attempts === lingering) yield* Effect.logWarning(`${company} has work in ${database} that nobody does`, error)
      return "gone"
    }
    yield* Effect.logWarning(
      `what is due of company ${company} could not be done, and is tried again in ${putOffMillis(attempts) / 1_000} s`,
      exit.cause
    )
    return "failed"
  }).pipe(Effect.annotateLogs("company", company))
