/**
 * Sends on to NATS what a stream's log has: from the log, never from what was handed to `publish`, so that what any
 * process has committed comes, and nothing else. Several processes may do so at once.
 */
import { type Envelope, type EventLog, type StoreError, Trouble } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { send } from "./burst.ts"
import { ask, type Link, NatsError } from "./Link.ts"
import * as Message from "./Message.ts"
import { subjectOf } from "./names.ts"
import * as Seal from "./Seal.ts"

/** Where a subject stands: the last event that it has, and that message's sequence. */
interface Position {
  number: number
  sequence: number
  /** The connection over which it was found. */
  readonly epoch: number
}

/** How often a log that does not show an event which was announced is read again, at intervals of 0.1 s. */
const patience = 20

export class Relay {
  readonly #link: Link
  readonly #log: EventLog["Service"]
  readonly #company: string
  readonly #source: Envelope.Source
  readonly #subject: string
  readonly #seal: Seal.Seal
  readonly #trouble: Trouble.Trouble
  #position: Position | undefined
  /** The last event that this process has sent, or found sent. */
  #last: number | undefined
  /** The lowest and highest number that were announced since the log was read to its end. */
  #told: { low: number; high: number } | undefined
  #isAsked = false
  /** Whether all that the log has is asked for, and not only what was announced. */
  #isChecked = false
  #running: Fiber.Fiber<void> | undefined
  /** How many events are sent at once: fewer where others write to the stream at the same time. */
  #width = 1

  constructor(
    link: Link,
    log: EventLog["Service"],
    { company, seal }: { readonly company: string; readonly seal: Seal.Seal },
    source: Envelope.Source
  ) {
    this.#link = link
    this.#log = log
    this.#company = company
    this.#seal = seal
    this.#source = source
    this.#subject = subjectOf(link.settings.prefix, company, source)
    this.#trouble = Trouble.make(
      `events of ${source} of ${company} were not sent on to NATS, and consumers read the log`
    )
  }

  /** There may be something to send; events with numbers from `low` to `high`, where they are known. */
  tell(scope: Scope.Scope, low = Infinity, high = 0): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#isAsked = true
      this.#isChecked ||= high === 0
      this.#told = { low: Math.min(low, this.#told?.low ?? low), high: Math.max(high, this.#told?.high ?? high) }
      if (this.#running !== undefined) return Effect.void
      const running = Effect.gen({ self: this }, function* () {
        while (this.#isAsked) {
          this.#isAsked = false
          yield* Trouble.untilItWorks(this.#sendOn, this.#trouble)
        }
      })
      const ended = Effect.suspend(() => {
        this.#running = undefined
        return this.#isAsked ? this.tell(scope) : Effect.void
      })
      const cut = Effect.sync(() => void (this.#running = undefined))
      return Effect.map(
        Effect.forkIn(
          Effect.onInterrupt(Effect.andThen(running, ended), () => cut),
          scope
        ),
        (fiber) => {
          // It may have come to its end already.
          if (fiber.pollUnsafe() === undefined) this.#running = fiber
        }
      )
    })
  }

  /** Waits until nothing is on its way. */
  get settled(): Effect.Effect<void> {
    return Effect.suspend(() => (this.#running === undefined ? Effect.void : Effect.asVoid(Fiber.await(this.#running))))
  }

  /** Sends on all that the log has. */
  get #sendOn(): Effect.Effect<void, NatsError | StoreError> {
    return Effect.gen({ self: this }, function* () {
      for (let waits = 0; ;) {
        // Whoever waits for NATS is not in the way of those who can go on.
        yield* this.#link.open
        const moved = yield* Semaphore.withPermit(this.#link.relaying, this.#page)
        const high = this.#told?.high ?? 0
        const number = this.#position?.number ?? 0
        // What was announced is sent: that there is no more is not looked for each time.
        if (moved && (this.#isChecked || high === 0 || number < high)) continue
        if (number >= high || waits >= patience) {
          this.#told = undefined
          this.#isChecked = false
          return
        }
        waits += 1
        yield* Effect.sleep(100)
      }
    })
  }

  /** Sends a page of the log; false where there is nothing more. */
  get #page(): Effect.Effect<boolean, NatsError | StoreError> {
    return Effect.gen({ self: this }, function* () {
      if (this.#position?.epoch !== this.#link.epoch()) this.#position = yield* this.#resolve
      const position = this.#position
      const events = yield* this.#log.read(this.#source, position.number, this.#link.settings.window)
      if (events.length === 0) return false
      for (let done = 0; done < events.length && this.#position === position;) {
        done += yield* this.#burst(position, events.slice(done, done + this.#width))
      }
      return true
    })
  }

  /** Sends events at once; returns with how many of them there is nothing more to do. */
  #burst(position: Position, events: ReadonlyArray<Envelope.Envelope>): Effect.Effect<number, NatsError> {
    return Effect.gen({ self: this }, function* () {
      const open = yield* this.#link.open
      const { settings } = this.#link
      const largest = Math.min(settings.stream.maxMessageBytes, open.connection.info?.max_payload ?? Infinity)
      const messages = events.map((event) => Message.encode(this.#company, event, this.#seal))
      const tooLarge = messages.findIndex((message) => Message.sizeOf(message) > largest)
      if (tooLarge === 0) return yield* this.#leaveOut(position, events[0]!)
      const sent = tooLarge === -1 ? messages : messages.slice(0, tooLarge)
      const landed = yield* send(open, this.#subject, settings.stream.name, position.sequence, sent)
      position.sequence = landed.sequence
      position.number += landed.count
      this.#last = position.number
      this.#width =
        landed.count === sent.length ? Math.min(this.#width * 2, settings.window) : Math.max(1, landed.count)
      if (landed.isStale) this.#position = undefined
      if (landed.error === undefined) return landed.count
      this.#position = undefined
      // The stream may be gone with what the server had.
      yield* this.#link.doubt
      return yield* landed.error
    })
  }

  /** An event that NATS does not take: who needs it finds a gap, and has it from the log. */
  #leaveOut(position: Position, event: Envelope.Envelope) {
    position.number = event.number
    this.#last = event.number
    return Effect.as(
      Effect.logWarning(`event ${event.number} of ${this.#source} of ${this.#company} is too large for NATS`),
      1
    )
  }

  /** Where the subject stands, as its last message says. */
  get #resolve(): Effect.Effect<Position, NatsError | StoreError> {
    return Effect.gen({ self: this }, function* () {
      const epoch = this.#link.epoch()
      yield* this.#link.ensure
      const { manager } = yield* this.#link.open
      const { backlog, stream } = this.#link.settings
      const last = yield* Effect.tapError(
        ask("the last message", () => manager.streams.getMessage(stream.name, { last_by_subj: this.#subject })),
        () => this.#link.doubt
      )
      const sent = last === null ? undefined : Message.decode(last.header, last.data)
      if (last === null || sent === undefined || !this.#seal.holds(sent, last.header.get(Seal.header))) {
        // NATS has nothing, or nothing any more: what it had and lost is in the log, for whoever finds a gap. Or the
        // last word is somebody else's, who says nothing of what is there.
        const end = yield* this.#log.last(this.#source)
        const begin = this.#last ?? Math.min(Math.max(0, end - backlog), (this.#told?.low ?? Infinity) - 1)
        return { number: Math.min(begin, end), sequence: last?.seq ?? 0, epoch }
      }
      const { number } = sent
      const [event] = yield* this.#log.read(this.#source, number - 1, 1)
      if (event?.number !== number || this.#seal.of(event) !== this.#seal.of(sent)) {
        return yield* new NatsError({
          message:
            `the last message of ${this.#subject} is no event of the log: the log is behind, or was restored to an ` +
            `earlier moment, and then the subject is to be purged`
        })
      }
      this.#last = number
      return { number, sequence: last.seq, epoch }
    })
  }
}
