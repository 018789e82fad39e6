/**
 * `/v1/billing`: from the wire to the books, and back.
 */
import { Billing, Books, Company, Digest, PeriodAlreadyClosed, Shuffling, Verification } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import { Api } from "../../api/Api.ts"
import { CommandKey, CurrentActor } from "../../api/middleware.ts"
import * as Contract from "../contract/Contract.ts"
import * as Exports from "../exports/Exports.ts"
import { Turns } from "../guard/Turns.ts"
import * as TimeLimit from "../platform/TimeLimit.ts"
import { asProblems } from "../wire/asProblems.ts"
import { conditional } from "../wire/etag.ts"
import { idOf } from "../wire/idOf.ts"
import * as Pages from "../wire/Pages.ts"
import * as Views from "../wire/Views.ts"
import * as JournalHandlers from "./JournalHandlers.ts"

const lists = {
  accounts: Pages.byText("accounts"),
  periods: Pages.byText("periods"),
  shuffles: Pages.byNumber("shuffles")
}

interface AskedAccounts {
  readonly search?: string
  readonly inTheRed?: boolean
  readonly balanceFrom?: string
  readonly balanceBelow?: string
}

/** Which accounts are asked for, and whether they must be looked for. */
const accountsOf = ({ balanceBelow, balanceFrom, ...filter }: AskedAccounts) => ({
  asked: {
    ...filter,
    ...(balanceFrom === undefined ? {} : { balanceFrom: BigInt(balanceFrom) }),
    ...(balanceBelow === undefined ? {} : { balanceBelow: BigInt(balanceBelow) })
  },
  isLook: (filter.search ?? balanceFrom ?? balanceBelow) !== undefined
})

/** What billing answers by itself: nearly all of it. */
export const ofBooks = Effect.gen(function* () {
  return {
    ...(yield* commands),
    ...(yield* accountReads),
    ...(yield* periodReads),
    ...(yield* JournalHandlers.make),
    ...(yield* Exports.make)
  }
})

const commands = Effect.gen(function* () {
  const billing = yield* Billing

  const correct = HttpApiBuilder.handler(
    Api,
    "billing",
    "correct",
    Effect.fnUntraced(function* ({ payload }) {
      const { answer } = yield* asProblems(billing.correct(yield* CurrentActor, payload, yield* CommandKey))
      return answer
    })
  )

  const close = HttpApiBuilder.handler(
    Api,
    "billing",
    "close",
    Effect.fnUntraced(function* ({ params }) {
      const { answer } = yield* asProblems(billing.close(yield* CurrentActor, params.period, yield* CommandKey))
      return answer
    })
  )

  return { correct, close }
})

const accountReads = Effect.gen(function* () {
  const books = yield* Books
  const turns = yield* Turns
  const { settings } = yield* Company
  const views = Views.make(settings.currency)

  const accounts = HttpApiBuilder.handler(
    Api,
    "billing",
    "accounts",
    Effect.fnUntraced(function* ({ query }) {
      const actor = yield* CurrentActor
      const { asked, isLook } = accountsOf(Pages.filterOf(query))
      const read = books.accounts(actor, asked, yield* lists.accounts.asked(query))
      const page = yield* asProblems(isLook ? turns.of(actor)(read) : read)
      return lists.accounts.looked(query, page, views.account)
    })
  )

  const account = HttpApiBuilder.handler(
    Api,
    "billing",
    "account",
    Effect.fnUntraced(function* ({ params }) {
      const actor = yield* CurrentActor
      return views.account(yield* asProblems(books.account(actor, idOf(actor, params.owner))))
    })
  )

  const trialBalance = HttpApiBuilder.handler(
    Api,
    "billing",
    "trialBalance",
    Effect.fnUntraced(function* () {
      return views.trialBalance(yield* asProblems(books.trialBalance(yield* CurrentActor)))
    })
  )

  return { accounts, account, trialBalance }
})

const periodReads = Effect.gen(function* () {
  const books = yield* Books
  const { sha256 } = yield* Digest.Digest
  const { settings } = yield* Company
  const views = Views.make(settings.currency)

  const periods = HttpApiBuilder.handler(
    Api,
    "billing",
    "periods",
    Effect.fnUntraced(function* ({ query }) {
      const page = yield* asProblems(
        books.periods(yield* CurrentActor, Pages.filterOf(query), yield* lists.periods.asked(query))
      )
      return lists.periods.toWire(query, page, (row) => row.period, views.period)
    })
  )

  const period = HttpApiBuilder.handler(
    Api,
    "billing",
    "period",
    Effect.fnUntraced(function* ({ headers, params }) {
      const found = yield* asProblems(books.period(yield* CurrentActor, params.period))
      return yield* conditional(sha256, headers["if-none-match"], views.period(found))
    })
  )

  const shuffles = HttpApiBuilder.handler(
    Api,
    "billing",
    "shuffles",
    Effect.fnUntraced(function* ({ query }) {
      const page = yield* asProblems(
        books.shuffles(yield* CurrentActor, Pages.filterOf(query), yield* lists.shuffles.asked(query))
      )
      return lists.shuffles.toWire(query, page, (row) => row.event, views.shuffle)
    })
  )

  const preview = HttpApiBuilder.handler(
    Api,
    "billing",
    "preview",
    Effect.fnUntraced(function* ({ params: { period: asked } }) {
      const actor = yield* CurrentActor
      const preview = yield* asProblems(books.preview(actor))
      if (asked === "current" || asked === preview.period) return views.preview(preview)
      // Only the open period has a preview: one that is not closed either is not there.
      yield* asProblems(books.period(actor, asked))
      return yield* asProblems(Effect.fail(new PeriodAlreadyClosed({ period: asked })))
    })
  )

  return { periods, period, shuffles, preview }
})

/** What a shuffle may cost: of tasks, which ask billing for prices. */
export const ofShuffling = Effect.gen(function* () {
  const shuffling = yield* Shuffling
  const { settings } = yield* Company
  const views = Views.make(settings.currency)
  const alone = (yield* Turns).alone("shufflePreview")

  const shufflePreview = HttpApiBuilder.handler(
    Api,
    "billing",
    "shufflePreview",
    Effect.fnUntraced(function* () {
      return views.shufflePreview(yield* asProblems(alone(shuffling.preview(yield* CurrentActor))))
    })
  )

  return { shufflePreview }
})

/** What the verification comes to, of as many contexts as are here. */
export const ofVerification = Effect.gen(function* () {
  const verification = yield* Verification
  const alone = (yield* Turns).alone("verification")

  const verify = HttpApiBuilder.handler(
    Api,
    "billing",
    "verify",
    Effect.fnUntraced(function* ({ query }) {
      yield* TimeLimit.lift
      return Views.verification(yield* asProblems(alone(verification.run(yield* CurrentActor, query))))
    })
  )

  return { verify }
})

export const layer = Contract.group(
  Api,
  "billing",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll({
      ...(yield* ofBooks),
      ...(yield* ofShuffling),
      ...(yield* ofVerification)
    })
  })
).pipe(Layer.provide(Turns.layer))
