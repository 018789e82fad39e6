/**
 * The latest events of a source, numbered without holes: a bounded window over the end of its log.
 */
import { type Envelope, Position, type Sha256 } from "@popug/core"
import * as Frames from "./Frames.ts"

interface Entry {
  readonly event: Envelope.Envelope
  /** Its frame, once somebody has seen it. */
  frame: Uint8Array | undefined
}

export interface RingOptions {
  readonly company: string
  readonly sha256: Sha256
  readonly size: number
  /** What the window is after while it is empty. */
  readonly after: Position.Position
}

export class Ring {
  readonly #entries: Array<Entry | undefined>
  readonly #options: RingOptions
  #first: number
  #last: number
  /** Whether the log is another one by now: its streams end, and their clients are told when they come back. */
  isOver = false

  constructor(options: RingOptions) {
    this.#options = options
    this.#entries = Array.from({ length: options.size })
    this.#first = options.after.number + 1
    this.#last = options.after.number
  }

  /** The number of the last event; what the window is after while it is empty. */
  get last(): number {
    return this.#last
  }

  /** Where the window ends. */
  get end(): Position.Position {
    return this.#last < this.#first ? this.#options.after : this.positionOf(this.event(this.#last))
  }

  /** Whether the events after a position are here, as far as there are any. */
  follows(position: number): boolean {
    return position + 1 >= this.#first
  }

  /** Adds what the log has after the last. */
  push(event: Envelope.Envelope): void {
    const size = this.#entries.length
    this.#last = event.number
    this.#entries[event.number % size] = { event, frame: undefined }
    if (this.#last - this.#first >= size) this.#first = this.#last - size + 1
  }

  /** An event of the window. */
  event(number: number): Envelope.Envelope {
    return this.#entry(number).event
  }

  /** Its frame, made when the first stream needs it. */
  frame(number: number): Uint8Array {
    const entry = this.#entry(number)
    entry.frame ??= Frames.ofEvent(this.#options.company, this.positionOf(entry.event), entry.event)
    return entry.frame
  }

  positionOf(event: Envelope.Envelope): Position.Position {
    return Position.of(this.#options.sha256, event)
  }

  #entry(number: number): Entry {
    return this.#entries[number % this.#entries.length]!
  }
}
