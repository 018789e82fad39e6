/**
 * `/v1/operations`: from the wire to the streams and notices, and back.
 */
import { Reports, Streams } from "@popug/core"
import * as Effect from "effect/Effect"
import { Api } from "../../api/Api.ts"
import { CommandKey, CurrentActor } from "../../api/middleware.ts"
import * as Contract from "../contract/Contract.ts"
import { asProblems } from "../wire/asProblems.ts"
import * as Pages from "../wire/Pages.ts"
import * as Views from "../wire/Views.ts"

const listed = Pages.byText("notices")

export const layer = Contract.group(
  Api,
  "operations",
  Effect.fnUntraced(function* (handlers) {
    const streams = yield* Streams
    const reports = yield* Reports

    return handlers.handleAll({
      resume: Effect.fnUntraced(function* ({ params, payload }) {
        const options = { ...payload, ...(yield* CommandKey) }
        yield* asProblems(streams.resume(yield* CurrentActor, params.consumer, options))
      }),
      streams: Effect.fnUntraced(function* () {
        return { data: yield* asProblems(streams.status(yield* CurrentActor)) }
      }),
      notices: Effect.fnUntraced(function* ({ query }) {
        const page = yield* asProblems(
          reports.notices(yield* CurrentActor, Pages.filterOf(query), yield* listed.asked(query))
        )
        return listed.toWire(query, page, (row) => row.notice.id, Views.notice)
      })
    })
  })
)
