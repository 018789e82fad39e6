/**
 * Buses over a stream of their own in the tests' NATS, and a log beside them.
 */
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { Company, type Envelope, EventBus, EventLog } from "@popug/core"
import { Nats } from "@popug/nats"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { inject } from "vitest"

type Subscription = Effect.Success<ReturnType<EventBus["Service"]["subscribe"]>>

let count = 0

/** Options with a stream that nobody has used; it is gone with the server's memory, or in a minute. */
export const options = (changes: Partial<Nats.Options> = {}): Nats.Options => {
  const name = `popug-test-${process.pid}-${(count += 1)}`
  return {
    servers: inject("natsUrl"),
    prefix: name,
    stream: { name, storage: "memory", maxBytes: 2 ** 26, maxAge: "1 minute", duplicateWindow: "10 seconds" },
    acknowledgeWithin: "1 second",
    ...changes
  }
}

const company = (id = "acme") => Layer.orDie(Company.layer({ id, secret: "s" }))

/** A log of events that tests put there. */
export interface Shelf {
  readonly log: EventLog["Service"]
  readonly commit: (events: ReadonlyArray<Envelope.Envelope>) => void
}

export const shelf = (): Shelf => {
  const streams = new Map<Envelope.Source, Array<Envelope.Envelope>>()
  const of = (source: Envelope.Source) => streams.get(source) ?? []
  return {
    log: EventLog.of({
      read: (source, after, limit) => Effect.sync(() => of(source).slice(after, after + limit)),
      last: (source) => Effect.sync(() => of(source).length)
    }),
    commit: (events) => {
      for (const event of events) {
        const stream = of(event.source)
        stream[event.number - 1] = event
        streams.set(event.source, stream)
      }
    }
  }
}

/** A bus whose events are committed to the log before they are published, as those of a company are. */
const committing = (bus: EventBus["Service"], { commit }: Shelf): EventBus["Service"] =>
  EventBus.of({
    ...bus,
    publish: (events) =>
      Effect.andThen(
        Effect.sync(() => commit(events)),
        bus.publish(events)
      )
  })

/** The bus of a company over a stream and a log of its own. */
export const freshBus = (changes: Partial<Nats.Options> = {}): Layer.Layer<EventBus> =>
  Layer.unwrap(
    Effect.sync(() => {
      const own = shelf()
      return Layer.effect(
        EventBus,
        Effect.map(EventBus, (bus) => committing(bus, own))
      ).pipe(
        Layer.provide(Layer.orDie(Nats.layer(options(changes)))),
        Layer.provide([company(), Layer.succeed(EventLog, own.log)])
      )
    })
  )

/** Events of a stream, from one number to another. */
export const events = (source: Envelope.Source, from: number, to: number): ReadonlyArray<Envelope.Envelope> =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    source,
    number: from + index,
    type: "task.updated",
    version: 1,
    time: DateTime.makeUnsafe(1_700_000_000_000 + from + index),
    actor: "system",
    previous: `${from + index}`.padStart(64, "0"),
    data: { id: `t${from + index}` }
  }))

/** The bus of a company of an id, whose log is the shelf; over a connection that it shares, or its own. */
const busOf = (own: Shelf, id = "acme", company_: Nats.CompanyOptions = {}) =>
  Nats.layerCompany(company_).pipe(Layer.provide([company(id), Layer.succeed(EventLog, own.log)]))

/** Builds a bus for as long as the scope is open. */
export const build = (own: Shelf, connection: Layer.Layer<Nats.PopugNats>, id?: string, more?: Nats.CompanyOptions) =>
  Effect.map(Layer.build(Layer.provide(busOf(own, id, more), connection)), (context) =>
    committing(Context.get(context, EventBus), own)
  )

export const connection = (changes: Nats.Options) => Layer.orDie(Nats.layerConnection(changes))

/** Somebody else at the same NATS. */
export const outsider = (servers: Nats.Options["servers"]) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const nc = await connect({ servers: servers as string })
      return { nc, manager: await jetstreamManager(nc) }
    }),
    ({ nc }) => Effect.promise(() => nc.close())
  )

/** The numbers that a subject has, in the order of the stream, once it has as many. */
export const carried = (
  { manager }: Effect.Success<ReturnType<typeof outsider>>,
  { prefix, stream }: Nats.Options,
  count: number,
  subject = "acme.tasks"
) =>
  Effect.promise(async () => {
    const filter = `${prefix}.${subject}`
    for (;;) {
      const info = await manager.streams.info(stream!.name!, { subjects_filter: filter }).catch(() => undefined)
      if ((info?.state.subjects?.[filter] ?? 0) >= count) break
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const consumer = await manager.jetstream().consumers.get(stream!.name!, { filter_subjects: filter })
    const numbers: Array<number> = []
    for await (const message of await consumer.fetch({ max_messages: 20_000, expires: 1_000 })) {
      numbers.push(Number(message.headers!.get("ce-number")))
      if (message.info.pending === 0) break
    }
    return numbers
  })

export const upTo = (to: number, from = 1) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** Takes and acknowledges until all of these numbers have come. */
export const received = (
  bus: EventBus["Service"],
  name: string,
  numbers: ReadonlyArray<number>,
  source: Envelope.Source = "tasks"
) => Effect.flatMap(bus.subscribe(name, source), (subscription) => receivedOf(subscription, numbers))

export const receivedOf = (subscription: Subscription, numbers: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const missing = new Set(numbers)
    while (missing.size > 0) {
      for (const { acknowledge, event } of yield* subscription.take) {
        missing.delete(event.number)
        yield* acknowledge
      }
    }
  })
