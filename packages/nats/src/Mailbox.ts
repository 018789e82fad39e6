/**
 * What has arrived for one subscription of one company, and is not acknowledged. It holds a share and no more: what
 * comes beyond it is acknowledged, and later read from the log.
 */
import type { JsMsg } from "@nats-io/jetstream"
import type { Envelope } from "@popug/core"
import type { Seal } from "./Seal.ts"

interface Held {
  readonly event: Envelope.Envelope
  /** What to acknowledge at the server; empty for what was read from the log, or is acknowledged there already. */
  messages: Array<JsMsg>
  /** When it came, by the monotonic clock. */
  readonly since: bigint
}

/** However much others hold, so many of each company are taken. */
const smallest = 50

/** How much all of a process hold, and how much each may. */
export interface Room {
  readonly held: { count: number }
  readonly share: number
  readonly mostHeld: number
}

/** Numbers that were not kept, and are to be read from the log. */
export interface Missing {
  from: number
  to: number
}

export class Mailbox {
  readonly #room: Room
  readonly #held = new Map<number, Held>()
  /** Held, and not taken yet. */
  #queue: Array<number> = []
  #missing: Missing | undefined
  #wake: (() => void) | undefined
  /** The highest number that has come. */
  #highest = 0
  readonly seal: Seal

  constructor(room: Room, seal: Seal) {
    this.#room = room
    this.seal = seal
  }

  get #most(): number {
    return this.#room.held.count >= this.#room.mostHeld ? Math.min(smallest, this.#room.share) : this.#room.share
  }

  /** An event has come. */
  offer(event: Envelope.Envelope, message: JsMsg | undefined, now: bigint): void {
    this.#highest = Math.max(this.#highest, event.number)
    const same = this.#held.get(event.number)
    if (same !== undefined) {
      if (message !== undefined) same.messages.push(message)
    } else if (this.#held.size >= this.#most) {
      message?.ack()
      this.miss(event.number)
    } else {
      this.#held.set(event.number, { event, messages: message === undefined ? [] : [message], since: now })
      this.#room.held.count += 1
      this.#queue.push(event.number)
      this.#awake()
    }
  }

  /**
   * Something has come that says it is an event of that number, and can't be told to be one: the log has it, if there
   * is one. Whoever wrote it has no more read than what may have come next.
   */
  doubt(number: number): void {
    if (number > this.#highest && number <= this.#highest + this.#room.share) this.miss(number)
  }

  /** An event has come that is not kept: the log has it. */
  miss(number: number): void {
    this.#missing ??= { from: number, to: number }
    this.#missing.from = Math.min(this.#missing.from, number)
    this.#missing.to = Math.max(this.#missing.to, number)
    this.#awake()
  }

  /** What has come and was not taken. */
  take(): ReadonlyArray<Envelope.Envelope> {
    const taken = this.#queue.flatMap((number) => this.#held.get(number)?.event ?? [])
    this.#queue = []
    return taken
  }

  /** What is to be read from the log now, and how much of it: nothing while little would have room. */
  get toRead(): { readonly missing: Missing; readonly limit: number } | undefined {
    const room = this.#most - this.#held.size
    return this.#missing === undefined || room < this.#most / 2
      ? undefined
      : { missing: { ...this.#missing }, limit: room }
  }

  /** What the log had of what was missing; fewer than asked for, where it ends before. */
  found({ limit, missing }: NonNullable<Mailbox["toRead"]>, events: ReadonlyArray<Envelope.Envelope>, now: bigint) {
    const known = this.#missing
    const to = known?.to ?? missing.to
    // More may have been missed meanwhile, and before what was read as well.
    if (known !== undefined && known.from >= missing.from) {
      known.from = events.length < limit ? to + 1 : events.at(-1)!.number + 1
      if (known.from > to) this.#missing = undefined
    }
    for (const event of events) if (event.number <= to) this.offer(event, undefined, now)
  }

  acknowledge(number: number): void {
    const held = this.#held.get(number)
    if (held === undefined) return
    this.#held.delete(number)
    this.#room.held.count -= 1
    for (const message of held.messages) message.ack()
    if (this.toRead !== undefined) this.#awake()
  }

  /**
   * Whoever takes does not go on: what has been held since before an instant fills the window of others no more. What
   * was not taken is let go, and read from the log once it goes on.
   */
  relieve(before: bigint): void {
    const waiting = new Set(this.#queue)
    for (const [number, held] of this.#held) {
      if (held.since >= before) continue
      for (const message of held.messages) message.ack()
      held.messages = []
      if (!waiting.has(number)) continue
      this.#held.delete(number)
      this.#room.held.count -= 1
      waiting.delete(number)
      this.miss(number)
    }
    this.#queue = this.#queue.filter((number) => waiting.has(number))
  }

  /** Gives back what is held: another subscriber gets it. */
  giveBack(): void {
    for (const { messages } of this.#held.values()) for (const message of messages) message.nak()
    this.#room.held.count -= this.#held.size
    this.#held.clear()
    this.#queue = []
    this.#missing = undefined
  }

  /** Goes on once something may have come. */
  wait(wake: () => void): () => void {
    if (this.#queue.length > 0 || this.toRead !== undefined) {
      wake()
      return () => undefined
    }
    this.#wake = wake
    return () => {
      if (this.#wake === wake) this.#wake = undefined
    }
  }

  #awake(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
