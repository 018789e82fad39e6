/**
 * The latest events of a source, numbered without holes: a bounded window over the end of its log.
 */
import type { Envelope } from "@popug/core"
import * as Frames from "./Frames.ts"

interface Entry {
  readonly event: Envelope.Envelope
  /** Its frame, once somebody has seen it. */
  frame: Uint8Array | undefined
}

export class Ring {
  readonly #entries: Array<Entry | undefined>
  readonly #company: string
  #first: number
  #last: number

  /** A window that is empty, after a number. */
  constructor(company: string, size: number, after: number) {
    this.#company = company
    this.#entries = Array.from({ length: size })
    this.#first = after + 1
    this.#last = after
  }

  /** The number of the last event; what the window is after while it is empty. */
  get last(): number {
    return this.#last
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
    entry.frame ??= Frames.ofEvent(this.#company, entry.event)
    return entry.frame
  }

  #entry(number: number): Entry {
    return this.#entries[number % this.#entries.length]!
  }
}
