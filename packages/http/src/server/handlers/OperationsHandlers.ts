/**
 * `/v1/operations`: from the wire to the streams and notices, and back.
 */
import { Reports, Streams } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../../api/Api.ts"
import { CommandKey, CurrentActor } from "../../api/middleware.ts"
import * as Contract from "../contract/Contract.ts"
import { asProblems } from "../wire/asProblems.ts"
import * as Pages from "../wire/Pages.ts"
import * as Views from "../wire/Views.ts"

const listed = Pages.byText("notices")

/** Where the consumers stand that run here, and how they go on. */
export const ofStreams = Effect.gen(function* () {
  const streams = yield* Streams

  const resume = HttpApiBuilder.handler(
    Api,
    "operations",
    "resume",
    Effect.fnUntraced(function* ({ params, payload }) {
      const options = { ...payload, ...(yield* CommandKey) }
      yield* asProblems(streams.resume(yield* CurrentActor, params.consumer, options))
    })
  )

  const all = HttpApiBuilder.handler(
    Api,
    "operations",
    "streams",
    Effect.fnUntraced(function* () {
      return { data: yield* asProblems(streams.status(yield* CurrentActor)) }
    })
  )

  return { resume, streams: all }
})

/** What was sent. */
const ofNotices = Effect.gen(function* () {
  const reports = yield* Reports

  const notices = HttpApiBuilder.handler(
    Api,
    "operations",
    "notices",
    Effect.fnUntraced(function* ({ query }) {
      const page = yield* asProblems(
        reports.notices(yield* CurrentActor, Pages.filterOf(query), yield* listed.asked(query))
      )
      return listed.toWire(query, page, (row) => row.notice.id, Views.notice)
    })
  )

  return { notices }
})

export const layer = Contract.group(
  Api,
  "operations",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll({ ...(yield* ofStreams), ...(yield* ofNotices) })
  })
)
