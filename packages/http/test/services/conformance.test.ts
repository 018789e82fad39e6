import { type Envelope, EventBus, EventLog } from "@popug/core"
import { Memory } from "@popug/memory"
import { conforms, eventBus, eventLog, lookingBus } from "@popug/testkit/conformance"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Offers } from "../../src/server/services/Offers.ts"
import { Bell } from "../../src/services/Bell.ts"
import * as PollingBus from "../../src/services/PollingBus.ts"
import { Polls } from "../../src/services/Polls.ts"
import * as RemoteEventLog from "../../src/services/RemoteEventLog.ts"
import { company, layerService, address, peerAt, sha256, sources } from "../support/services.ts"

const id = "conformance"

/** A process that answers from a log in memory. */
const producer = <R>(ports: Layer.Layer<R | EventLog>) => {
  const offers = Layer.unwrap(Effect.map(EventLog, (service) => Offers.one(id, { log: { service, sources } })))
  return layerService().pipe(Layer.provide(offers), Layer.provideMerge(Bell.layer), Layer.provideMerge(ports))
}

/** The stores of the process that writes, and its log as another one reads it. */
const remoteLog = Layer.effect(
  EventLog,
  Effect.gen(function* () {
    return RemoteEventLog.make(yield* peerAt(yield* address), id, sha256)
  })
).pipe(Layer.provideMerge(Layer.fresh(producer(Memory.layer))))

conforms(eventLog, "another service, over HTTP", remoteLog)

/** A bus in a process of its own, of a process that writes. */
const pollingBus = (wait?: number) =>
  PollingBus.layer.pipe(
    Layer.provide(
      Layer.unwrap(
        Effect.gen(function* () {
          const peer = yield* peerAt(yield* address)
          const peers = { users: peer, tasks: peer, billing: peer }
          return Layer.mergeAll(
            Layer.provideMerge(Polls.layer({ peers, wait }), Layer.fresh(Bell.layer)),
            Layer.succeed(EventLog, RemoteEventLog.make(peer, id, sha256))
          )
        })
      )
    ),
    Layer.provide(company(id))
  )

/** What is published is committed by the process that writes, which wakes those who wait there. */
const committing = Layer.effect(
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
          return ring(events.slice(-1).map(({ number, source }) => ({ company: id, source, number })))
        })
    })
  })
)

class Written extends Context.Service<Written, { [Source in Envelope.Source]?: Array<Envelope.Envelope> }>()(
  "@popug/http/test/Written"
) {}

const written = Layer.effect(
  EventLog,
  Effect.map(Written, (logs) =>
    EventLog.of({
      read: (source, after, limit) => Effect.sync(() => (logs[source] ?? []).slice(after, after + limit)),
      last: (source) => Effect.sync(() => logs[source]?.length ?? 0)
    })
  )
).pipe(Layer.provideMerge(Layer.sync(Written, () => ({}))))

conforms(
  eventBus,
  "long polls of another service",
  committing.pipe(Layer.provideMerge(pollingBus()), Layer.provideMerge(Layer.fresh(producer(written))))
)

conforms(
  lookingBus,
  "long polls of another service",
  pollingBus().pipe(Layer.provideMerge(Layer.fresh(producer(Memory.layer))))
)
