/**
 * The lists of `/v1/billing` that only grow: what is in the journal, as it is, of one popug, and as the audit log; and
 * what it is that tasks are charged and earn.
 */
import { Books, Company } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../../api/Api.ts"
import { CurrentActor } from "../../api/middleware.ts"
import { asProblems } from "../wire/asProblems.ts"
import { idOf } from "../wire/idOf.ts"
import * as Pages from "../wire/Pages.ts"
import * as Views from "../wire/Views.ts"

const lists = {
  statement: Pages.byNumber("statement"),
  auditLog: Pages.byNumber("audit log"),
  transfers: Pages.byNumber("transfers")
}

/** The handlers of these lists, to be put among the others of the group `billing`. */
export const make = Effect.gen(function* () {
  const books = yield* Books
  const { settings } = yield* Company
  const views = Views.make(settings.currency)

  const statement = HttpApiBuilder.handler(
    Api,
    "billing",
    "statement",
    Effect.fnUntraced(function* ({ params, query }) {
      const actor = yield* CurrentActor
      const owner = idOf(actor, params.owner)
      const asked = { ...query, owner }
      const { transfers, ...statement } = yield* asProblems(
        books.statement(actor, owner, Pages.filterOf(query), yield* lists.statement.asked(asked))
      )
      const page = yield* lists.statement.growing(asked, transfers)
      return {
        ...statement,
        opening: views.money(statement.opening),
        closing: views.money(statement.closing),
        ...lists.statement.toWire(asked, page, (row) => row.number, views.statementEntry)
      }
    })
  )

  const auditLog = HttpApiBuilder.handler(
    Api,
    "billing",
    "auditLog",
    Effect.fnUntraced(function* ({ query }) {
      const actor = yield* CurrentActor
      const { owner, ...range } = Pages.filterOf(query)
      const whose = owner === undefined ? null : idOf(actor, owner)
      const asked = { ...query, owner: whose }
      const found = yield* asProblems(books.auditLog(actor, whose, range, yield* lists.auditLog.asked(asked)))
      const page = yield* lists.auditLog.growing(asked, found)
      return lists.auditLog.toWire(asked, page, (row) => row.transfer, views.auditEntry)
    })
  )

  const transfers = HttpApiBuilder.handler(
    Api,
    "billing",
    "transfers",
    Effect.fnUntraced(function* ({ query }) {
      const found = yield* asProblems(
        books.transfers(yield* CurrentActor, Pages.filterOf(query), yield* lists.transfers.asked(query))
      )
      const page = yield* lists.transfers.growing(query, found)
      return lists.transfers.toWire(query, page, (row) => row.number, views.transfer)
    })
  )

  const price = HttpApiBuilder.handler(
    Api,
    "billing",
    "price",
    Effect.fnUntraced(function* ({ params }) {
      return views.price(yield* asProblems(books.price(yield* CurrentActor, params.task)))
    })
  )

  return { statement, auditLog, transfers, price }
})
