/**
 * The connection to NATS that all companies of a process share. It is made in the background and again whenever it was
 * lost: a host begins, and goes on, without NATS.
 */
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream"
import { connect, type NatsConnection } from "@nats-io/transport-node"
import { Trouble } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import * as Semaphore from "effect/Semaphore"
import type { Settings } from "./Settings.ts"
import { ensureStream } from "./stream.ts"

/** NATS could not do what it was asked. */
export class NatsError extends Data.TaggedError("NatsError")<{ readonly message: string; readonly cause?: unknown }> {}

const failure = (what: string, cause: unknown) =>
  new NatsError({ message: `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, cause })

/** Waits for what NATS answers. */
export const ask = <A>(what: string, promise: () => Promise<A>): Effect.Effect<A, NatsError> =>
  Effect.tryPromise({ try: promise, catch: (cause) => failure(what, cause) })

/** NATS while there is a connection. */
export interface Open {
  readonly connection: NatsConnection
  readonly client: JetStreamClient
  readonly manager: JetStreamManager
}

export interface Link {
  readonly settings: Settings
  /** Waits until there is a connection. */
  readonly open: Effect.Effect<Open>
  /** How often a connection was made: what was known of the server before may be wrong. */
  readonly epoch: () => number
  /** Whether there is a connection now. */
  readonly isUp: () => boolean
  /** Makes the stream, or sees that it is there. */
  readonly ensure: Effect.Effect<void, NatsError>
  /** So many relays work at a time, each with a page of a log in memory. */
  readonly relaying: Semaphore.Semaphore
  /** How many events are held by all subscriptions of this process. */
  readonly held: { count: number }
}

/** A connection; one that comes when nobody waits for it any more is closed. */
const connecting = (settings: Settings) =>
  Effect.callback<NatsConnection, NatsError>((resume) => {
    let isWanted = true
    connect(settings.connection).then(
      (connection) => (isWanted ? resume(Effect.succeed(connection)) : void connection.close()),
      (cause: unknown) => resume(Effect.fail(failure("no connection", cause)))
    )
    return Effect.sync(() => (isWanted = false))
  })

/** How long what was written last has to reach the server, in milliseconds. */
const farewell = 500

/** Ends a connection, and not before acknowledgements are on their way. */
const close = (connection: NatsConnection) =>
  Effect.promise(async () => {
    const sent = connection.isClosed() ? undefined : connection.flush().catch(() => undefined)
    let timer: NodeJS.Timeout | undefined
    await Promise.race([sent, new Promise<void>((resolve) => (timer = setTimeout(resolve, farewell)))])
    clearTimeout(timer)
    await connection.close().catch(() => undefined)
  })

/** A connection to NATS until the scope closes. */
export const make = Effect.fnUntraced(function* (settings: Settings) {
  const up = yield* Latch.make(false)
  const lost = Trouble.make("there is no connection to NATS; consumers read the log meanwhile")
  let epoch = 0
  let now: Open | undefined

  const began = (open: Open) =>
    Effect.suspend(() => {
      epoch += 1
      now = open
      up.openUnsafe()
      return lost.over
    })
  const ended = Effect.sync(() => {
    up.closeUnsafe()
    now = undefined
  })

  const using = Effect.fnUntraced(function* (connection: NatsConnection) {
    const { timeout } = settings
    const manager = yield* ask("no JetStream", () => jetstreamManager(connection, { timeout, checkAPI: false }))
    const open = { connection, manager, client: jetstream(connection, { timeout }) }
    yield* began(open)
    const statuses = connection.status()[Symbol.asyncIterator]()
    while (true) {
      const { done, value } = yield* Effect.promise(() => statuses.next())
      if (done === true) return yield* new NatsError({ message: "the connection was closed" })
      if (value.type === "disconnect") {
        up.closeUnsafe()
        yield* lost.met(Cause.fail(new NatsError({ message: "the connection was lost" })))
      } else if (value.type === "reconnect") yield* began(open)
    }
  })
  /** One connection, from its beginning to its end; the client makes it anew by itself while it can. */
  const connected = Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const connection = yield* restore(connecting(settings))
      return yield* Effect.ensuring(restore(using(connection)), Effect.andThen(ended, close(connection)))
    })
  )
  yield* Effect.forkScoped(
    Effect.gen(function* () {
      for (let failures = 1; ; failures += 1) {
        const before = epoch
        const exit = yield* Effect.exit(connected)
        if (epoch > before) failures = 1
        if (Exit.isFailure(exit)) yield* lost.met(exit.cause)
        yield* Effect.sleep(Trouble.waitMillis(failures))
      }
    })
  )

  const open = Effect.gen(function* () {
    while (true) {
      yield* up.await
      if (now !== undefined) return now
    }
  })
  return {
    settings,
    open,
    epoch: () => epoch,
    isUp: () => now !== undefined && up.isOpen(),
    ensure: Effect.flatMap(open, ({ manager }) =>
      ask(`the stream ${settings.stream.name}`, () => ensureStream(manager, settings))
    ),
    relaying: yield* Semaphore.make(16),
    held: { count: 0 }
  } satisfies Link
})
