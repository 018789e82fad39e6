/**
 * `EventBus` on NATS JetStream, of one company: what it commits is sent on from its log, and what NATS brings is
 * delivered; what NATS has lost is in the log.
 */
import { Company, type Delivery, type Envelope, EventBus, EventLog, PollInterval, Trouble } from "@popug/core"
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { Intakes } from "./Intakes.ts"
import type { Link } from "./Link.ts"
import type { Mailbox } from "./Mailbox.ts"
import { Relay } from "./Relay.ts"
import * as Seal from "./Seal.ts"

/** How long a company that is let go has to send on what it has committed; then the next to open it does. */
const farewell = "2 seconds"

/**
 * How long is waited after a message for those that came with it, in milliseconds of this machine: the server sends the
 * events of one commit one by one, and each taken alone would be a transaction of its own.
 */
const breath = 1

/** Waits until something may have come. */
const wait = (mailbox: Mailbox): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    let timer: NodeJS.Timeout | undefined
    const stop = mailbox.wait(() => (timer = setTimeout(() => resume(Effect.void), breath)))
    return Effect.sync(() => {
      stop()
      clearTimeout(timer)
    })
  })

/** Takes what has come, or reads from the log what was not kept of it. */
const taking = (log: EventLog["Service"], name: string, source: Envelope.Source, mailbox: Mailbox) => {
  const trouble = Trouble.make(`subscription ${name} could not read the log of ${source}`)
  let failures = 0
  const fromLog = Effect.gen(function* () {
    const asked = mailbox.toRead
    if (asked === undefined) return yield* wait(mailbox)
    const exit = yield* Effect.exit(log.read(source, asked.missing.from - 1, asked.limit))
    if (Exit.isFailure(exit)) {
      yield* trouble.met(exit.cause as Cause.Cause<unknown>)
      return yield* Effect.sleep(Trouble.waitMillis((failures += 1)))
    }
    failures = 0
    yield* trouble.over
    mailbox.found(asked, exit.value, yield* Clock.monotonicTimeNanos)
  })
  return Effect.gen(function* () {
    while (true) {
      const events = mailbox.take()
      if (events.length > 0) {
        return events.map((event): Delivery => ({
          event,
          acknowledge: Effect.sync(() => mailbox.acknowledge(event.number))
        }))
      }
      yield* fromLog
    }
  })
}

/** The bus of the company around; `relayed` for whose events are sent on by this process. */
export const make: (
  link: Link,
  intakes: Intakes,
  relayed: ReadonlyArray<Envelope.Source>
) => Effect.Effect<EventBus["Service"], never, Company | EventLog | Scope.Scope> = Effect.fnUntraced(
  function* (link, intakes, relayed) {
    const { settings } = yield* Company
    const own = { company: settings.id, seal: Seal.make(settings.id, Redacted.value(settings.secret)) }
    const log = yield* EventLog
    const scope = yield* Scope.make()
    const interval = yield* PollInterval
    const relays = new Map(relayed.map((source) => [source, new Relay(link, log, own, source)]))
    const checkAll = Effect.forEach(relays.values(), (relay) => relay.tell(scope), { discard: true })
    const sent = Effect.forEach(relays.values(), (relay) => relay.settled, { discard: true })
    yield* Effect.addFinalizer((exit) =>
      Effect.andThen(link.isUp() ? Effect.timeoutOption(sent, farewell) : Effect.void, Scope.close(scope, exit))
    )
    if (interval !== null) {
      // What was committed and never announced, by this process or another that is gone. Who is here for a moment, and
      // looks for nothing, leaves it to who stays.
      yield* checkAll
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(link.settings.checkEvery), checkAll)))
    }
    return EventBus.make({
      publish: (events) =>
        Effect.suspend(() => {
          const numbers = new Map<Envelope.Source, Array<number>>()
          for (const { number, source } of events) {
            const known = numbers.get(source)
            if (known === undefined) numbers.set(source, [number, number])
            else numbers.set(source, [Math.min(known[0]!, number), Math.max(known[1]!, number)])
          }
          return Effect.forEach(
            numbers,
            ([source, [low, high]]) => relays.get(source)?.tell(scope, low, high) ?? Effect.void,
            {
              discard: true
            }
          )
        }),
      subscribe: (name, source) =>
        Effect.map(intakes.mailbox(own, name, source), (mailbox) => ({
          take: taking(log, name, source, mailbox)
        }))
    })
  }
)
