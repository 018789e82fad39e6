/**
 * The answers to other services: whether the one that asks may, whether the company is here, and what it asked for.
 */
import type { Envelope } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { CurrentService, type Grant } from "../../api/services/middleware.ts"
import * as Problem from "../../api/services/Problem.ts"
import { ServicesApi } from "../../api/services/ServicesApi.ts"
import * as Wire from "../../api/services/Wire.ts"
import * as Contract from "../contract/Contract.ts"
import * as TimeLimit from "../platform/TimeLimit.ts"
import { asProblems } from "../wire/asProblems.ts"
import { type Offer, Offers } from "./Offers.ts"
import { Watch } from "./Watch.ts"

/** Lets a service ask what it may. Nothing is said of companies to those who may not. */
const allow = Effect.fnUntraced(function* (grant: Grant) {
  const { may, name } = yield* CurrentService
  if (may.has(grant)) return
  const detail = `${name} may not ask for ${grant}`
  return yield* new Problem.ServiceNotAllowed({ service: name, question: grant, detail })
})

const notAnswered = (question: string) =>
  new Problem.NotAnswered({ question, detail: `this service does not answer for ${question}` })

/** Answers of a company by one of its parts. */
const by =
  (offers: Offers["Service"]) =>
  <Part extends keyof Offer, A, E, R>(
    company: string,
    part: Part,
    answer: (service: NonNullable<Offer[Part]>) => Effect.Effect<A, E, R>
  ) =>
    Effect.scoped(
      Effect.gen(function* () {
        const offer = yield* asProblems(offers.of(company))
        if (offer === null) {
          return yield* new Problem.UnknownCompany({ company, detail: `no company ${company} is here` })
        }
        const service = offer[part]
        return yield* service === undefined ? notAnswered(part) : answer(service)
      })
    )

type LogOffer = NonNullable<Offer["log"]>

/** The log of a source, where that is written here. */
const logOf = ({ service, sources }: LogOffer, source: Envelope.Source) =>
  sources.includes(source) ? Effect.succeed(service) : Effect.fail(notAnswered(`log:${source}`))

/**
 * A page of events as JSON. It is written by hand, since each event is to be written once, and its length counted: what
 * is over the bytes of a page is left to the next one.
 */
const pageOf = (events: ReadonlyArray<Envelope.Envelope>, limit: number): string => {
  const parts: Array<string> = []
  let bytes = 0
  for (const { actor, data, number, previous, time, trace, type, version } of events) {
    const event: Wire.WireEvent = {
      number,
      type,
      version,
      at: time.epochMilliseconds,
      actor,
      previous,
      data,
      ...(trace && { trace })
    }
    const part = JSON.stringify(event)
    bytes += Buffer.byteLength(part) + 1
    if (parts.length > 0 && bytes > Wire.mostBytes) break
    parts.push(part)
  }
  // A log that had no more than this may have more by now; whoever asks again is told.
  const more = parts.length < events.length || events.length === limit
  return `{"events":[${parts.join(",")}],"more":${more}}`
}

const layerStreams = Contract.group(
  ServicesApi,
  "streams",
  Effect.fnUntraced(function* (handlers) {
    const { sources } = yield* Offers
    const watch = yield* Watch
    return handlers.handleAll({
      heads: Effect.fnUntraced(function* ({ payload: { after, waitMillis } }) {
        for (const source of new Set(after.map((end) => end.source))) {
          yield* allow(`log:${source}`)
          if (!sources.includes(source)) return yield* notAnswered(`log:${source}`)
        }
        yield* TimeLimit.lift
        return yield* asProblems(watch.news(after, waitMillis))
      })
    })
  })
)

const layerCompany = Contract.group(
  ServicesApi,
  "company",
  Effect.fnUntraced(function* (handlers) {
    const answering = by(yield* Offers)
    return handlers.handleAll({
      events: Effect.fnUntraced(function* ({ params: { company, source }, query: { after, limit = Wire.mostEvents } }) {
        yield* allow(`log:${source}`)
        return yield* answering(company, "log", (offer) =>
          Effect.gen(function* () {
            const log = yield* logOf(offer, source)
            const events = yield* asProblems(log.read(source, after, limit))
            return HttpServerResponse.text(pageOf(events, limit), { contentType: "application/json" }) as never
          })
        )
      }),
      last: Effect.fnUntraced(function* ({ params: { company, source } }) {
        yield* allow(`log:${source}`)
        return yield* answering(company, "log", (offer) =>
          Effect.gen(function* () {
            const log = yield* logOf(offer, source)
            return { number: yield* asProblems(log.last(source)) }
          })
        )
      }),
      directory: Effect.fnUntraced(function* ({ params: { company }, payload: { ids } }) {
        yield* allow("directory")
        return yield* answering(company, "directory", ({ lookup }) =>
          Effect.map(asProblems(lookup(ids)), (found) => ({
            entries: found.map(({ id, roles, status }) => ({ id, roles, status }))
          }))
        )
      }),
      identities: Effect.fnUntraced(function* ({ params: { company }, payload: { identities } }) {
        yield* allow("identities")
        return yield* answering(company, "identities", ({ lookup }) =>
          Effect.map(asProblems(lookup(identities)), (entries) => ({ entries }))
        )
      }),
      withoutIdentity: Effect.fnUntraced(function* ({ params: { company }, payload: { ids: asked } }) {
        yield* allow("identities")
        return yield* answering(company, "identities", ({ withoutIdentity }) =>
          Effect.map(asProblems(withoutIdentity(asked)), (ids) => ({ ids }))
        )
      }),
      prices: Effect.fnUntraced(function* ({ params: { company }, payload: { tasks } }) {
        yield* allow("prices")
        return yield* answering(company, "prices", ({ fees }) =>
          Effect.map(asProblems(fees(tasks)), (prices) => ({ prices }))
        )
      }),
      payouts: Effect.fnUntraced(function* ({ params: { company, period }, query: { after, limit = 1_000 } }) {
        yield* allow("payouts")
        return yield* answering(company, "payouts", (payouts) => asProblems(payouts.of(period, { after, limit })))
      }),
      auditLog: Effect.fnUntraced(function* ({ params: { company, period }, query: { after, limit = 1_000 } }) {
        yield* allow("audit-log")
        return yield* answering(company, "auditTrail", (trail) => asProblems(trail.of(period, { after, limit })))
      })
    })
  })
)

export const layer = Layer.mergeAll(layerStreams, layerCompany)
