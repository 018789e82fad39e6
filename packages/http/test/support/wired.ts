/**
 * A process that writes and another one that follows it, each with nothing of the other's but its address.
 */
import { type Envelope, EventBus, EventLog } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { Bell } from "../../src/bell/Bell.ts"
import { Offers } from "../../src/server/services/Offers.ts"
import * as PollingBus from "../../src/services/PollingBus.ts"
import { Polls } from "../../src/services/Polls.ts"
import * as RemoteEventLog from "../../src/services/RemoteEventLog.ts"
import { address, company, layerService, peerAt, sha256, sources } from "./services.ts"

/** The company of the suites. */
export const id = "conformance"

/** A process that answers from its log. */
export const producer = <R, E>(
  ports: Layer.Layer<R | EventLog, E>,
  options: Parameters<typeof layerService>[0] = {}
) => {
  const offers = Layer.unwrap(Effect.map(EventLog, (service) => Offers.one(id, { log: { service, sources } })))
  return Layer.fresh(
    layerService(options).pipe(Layer.provide(offers), Layer.provideMerge(Bell.layer), Layer.provideMerge(ports))
  )
}

/** What a process has, but for its log: that one is read by another process. */
export const logOver = <R, E>(process: Layer.Layer<R | HttpServer.HttpServer, E>) =>
  Layer.effect(
    EventLog,
    Effect.gen(function* () {
      return RemoteEventLog.make(yield* peerAt(yield* address), id, sha256)
    })
  ).pipe(Layer.provideMerge(process))

/** What a process has, with the bus of another one that follows it. */
export const busOver = <R, E>(process: Layer.Layer<R | HttpServer.HttpServer, E>) =>
  PollingBus.layer.pipe(
    Layer.provide(
      Layer.unwrap(
        Effect.gen(function* () {
          const peer = yield* peerAt(yield* address)
          const peers = { users: peer, tasks: peer, billing: peer }
          return Layer.mergeAll(
            Layer.provideMerge(Polls.layer({ peers }), Layer.fresh(Bell.layer)),
            Layer.succeed(EventLog, RemoteEventLog.make(peer, id, sha256))
          )
        })
      )
    ),
    Layer.provide(company(id)),
    Layer.provideMerge(process)
  )

class Written extends Context.Service<Written, { [Source in Envelope.Source]?: Array<Envelope.Envelope> }>()(
  "@popug/http/test/Written"
) {}

/** A log that has what was published. */
const written = Layer.effect(
  EventLog,
  Effect.map(Written, (logs) =>
    EventLog.of({
      read: (source, after, limit) => Effect.sync(() => (logs[source] ?? []).slice(after, after + limit)),
      last: (source) => Effect.sync(() => logs[source]?.length ?? 0)
    })
  )
).pipe(Layer.provideMerge(Layer.sync(Written, () => ({}))))

/** The bus alone: what is published is committed by the process that writes, which `tells` those who wait. */
export const publishing = (
  options: Parameters<typeof layerService>[0] & { readonly tells?: boolean } = {}
): Layer.Layer<EventBus, unknown> => {
  const { tells = true, ...others } = options
  return Layer.effect(
    EventBus,
    Effect.gen(function* () {
      const bus = yield* EventBus
      const { ring } = yield* Bell
      const logs = yield* Written
      return EventBus.of({
        ...bus,
        publish: (events) =>
          Effect.suspend(() => {
            for (const event of events) (logs[event.source] ??= [])[event.number - 1] = event
            const ends = events.slice(-1).map(({ number, source }) => ({ company: id, source, number }))
            return tells ? ring(ends) : Effect.void
          })
      })
    })
  ).pipe(Layer.provide(busOver(producer(written, others))))
}
