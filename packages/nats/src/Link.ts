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
  /** Makes the stream, or sees that it is there: once for each connection, and again where something has failed. */
  readonly ensure: Effect.Effect<void, NatsError>
  /** Something has failed: the stream may be gone. */
  readonly doubt: Effect.Effect<void>
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

/** What is known of the connection. */
interface State {
  readonly up: Latch.Latch
  readonly lost: Trouble.Trouble
  /** How often there was one. */
  epoch: number
  /** The one over which the stream was seen. */
  ensured: number | undefined
  now: Open | undefined
}

const began = (state: State, open: Open) =>
  Effect.suspend(() => {
    state.epoch += 1
    state.now = open
    state.up.openUnsafe()
    return state.lost.over
  })

const use = Effect.fnUntraced(function* (state: State, connection: NatsConnection, timeout: number) {
  const manager = yield* ask("no JetStream", () => jetstreamManager(connection, { timeout, checkAPI: false }))
  const open = { connection, manager, client: jetstream(connection, { timeout }) }
  yield* began(state, open)
  const statuses = connection.status()[Symbol.asyncIterator]()
  while (true) {
    const { done, value } = yield* Effect.promise(() => statuses.next())
    if (done === true) return yield* new NatsError({ message: "the connection was closed" })
    if (value.type === "disconnect") {
      state.up.closeUnsafe()
      yield* state.lost.met(Cause.fail(new NatsError({ message: "the connection was lost" })))
    } else if (value.type === "reconnect") yield* began(state, open)
  }
})

/** One connection, from its beginning to its end; the client makes it anew by itself while it can. */
const connected = (state: State, settings: Settings) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const connection = yield* restore(connecting(settings))
      const ended = Effect.sync(() => {
        state.up.closeUnsafe()
        state.now = undefined
      })
      return yield* Effect.ensuring(
        restore(use(state, connection, settings.timeout)),
        Effect.andThen(ended, close(connection))
      )
    })
  )

/** One connection after another. */
const keep = Effect.fnUntraced(function* (state: State, settings: Settings) {
  for (let failures = 1; ; failures += 1) {
    const before = state.epoch
    const exit = yield* Effect.exit(connected(state, settings))
    if (state.epoch > before) failures = 1
    if (Exit.isFailure(exit)) yield* state.lost.met(exit.cause)
    yield* Effect.sleep(Trouble.waitMillis(failures))
  }
})

/** A connection to NATS until the scope closes. */
export const make = Effect.fnUntraced(function* (settings: Settings) {
  const lost = Trouble.make("there is no connection to NATS; consumers read the log meanwhile")
  const state: State = { up: yield* Latch.make(false), lost, epoch: 0, ensured: undefined, now: undefined }
  yield* Effect.forkScoped(keep(state, settings))
  const open = Effect.gen(function* () {
    while (true) {
      yield* state.up.await
      if (state.now !== undefined) return state.now
    }
  })
  return {
    settings,
    open,
    epoch: () => state.epoch,
    isUp: () => state.now !== undefined && state.up.isOpen(),
    ensure: Effect.gen(function* () {
      const { manager } = yield* open
      const { epoch } = state
      if (state.ensured === epoch) return
      yield* ask(`the stream ${settings.stream.name}`, () => ensureStream(manager, settings))
      state.ensured = epoch
    }),
    doubt: Effect.sync(() => void (state.ensured = undefined)),
    relaying: yield* Semaphore.make(16),
    held: { count: 0 }
  } satisfies Link
})
