/**
 * `/v1/company`: the settings that the company was opened with, and what day it is.
 */
import { Company, Money, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { Api } from "../../api/Api.ts"
import { CurrentActor } from "../../api/middleware.ts"
import * as Contract from "../contract/Contract.ts"
import { MovableClock } from "../development/DevClock.ts"
import { version } from "../version.ts"
import { asProblems } from "../wire/asProblems.ts"

export const layer = Contract.group(
  Api,
  "company",
  Effect.fnUntraced(function* (handlers) {
    const tasks = yield* Tasks
    const { identity, settings } = yield* Company
    const movableClock = yield* MovableClock
    const settled = {
      id: identity.id,
      currency: identity.currency,
      digits: Money.fractionDigits(identity.currency),
      timeZone: identity.timeZone,
      cutoff: identity.cutoff,
      closing: settings.closing,
      version,
      movableClock
    }
    return handlers.handle(
      "get",
      Effect.fnUntraced(function* () {
        return { ...settled, ...(yield* asProblems(tasks.today(yield* CurrentActor))) }
      })
    )
  })
)
