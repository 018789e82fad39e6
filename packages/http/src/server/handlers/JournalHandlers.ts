/**
 * The lists of `/v1/billing` that only grow: what is in the journal, as it is, of one popug, and as the audit log; and
 * what it is that tasks are charged and earn.
 */
import { Books, Company } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../../api/Api.ts"
import { CurrentActor } from "../../api/middleware.ts"
import { Turns } from "../guard/Turns.ts"
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
  const turns = yield* Turns
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
      const { order, ...filter } = Pages.filterOf(query)
      const read = books.statement(actor, owner, filter, { ...(yield* lists.statement.asked(asked)), order })
      const { transfers, ...statement } = yield* asProblems(filter.kind === undefined ? read : turns.of(actor)(read))
      const page = yield* lists.statement.growing(asked, transfers)
      return { ...views.statement(statement), ...lists.statement.looked(asked, page, views.statementEntry) }
    })
  )

  const auditLog = HttpApiBuilder.handler(
    Api,
    "billing",
    "auditLog",
    Effect.fnUntraced(function* ({ query }) {
      const actor = yield* CurrentActor
      const { order, owner, ...filter } = Pages.filterOf(query)
      const whose = owner === undefined ? null : idOf(actor, owner)
      const asked = { ...query, owner: whose }
      const read = books.auditLog(actor, whose, filter, { ...(yield* lists.auditLog.asked(asked)), order })
      const found = yield* asProblems(filter.kind === undefined ? read : turns.of(actor)(read))
      const page = yield* lists.auditLog.growing(asked, found)
      return lists.auditLog.looked(asked, page, views.auditEntry)
    })
  )

  const transfers = HttpApiBuilder.handler(
    Api,
    "billing",
    "transfers",
    Effect.fnUntraced(function* ({ query }) {
      const { order, ...filter } = Pages.filterOf(query)
      const paging = { ...(yield* lists.transfers.asked(query)), order }
      const found = yield* asProblems(books.transfers(yield* CurrentActor, filter, paging))
      const page = yield* lists.transfers.growing(query, found)
      return lists.transfers.looked(query, page, views.transfer)
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
