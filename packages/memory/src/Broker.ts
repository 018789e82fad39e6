/**
 * The durable side of the event bus: what was published, and how far each name has come.
 */
import type { Envelope } from "@popug/core"

/** What is delivered to the subscribers of one name and not acknowledged is never more than this. */
const windowSize = 1_000

/** An event on its way to a subscriber, by its place in the history. */
export interface Sent {
  readonly index: number
  readonly event: Envelope.Envelope
}

/** How far the subscribers of one name have come; they share the work. */
export class Mailbox {
  readonly #history: ReadonlyArray<Envelope.Envelope>
  #next = 0
  /** Delivered to somebody who is gone. */
  #returned: Array<number> = []
  readonly #inFlight = new Set<Sent>()
  #waiting = new Set<() => void>()

  constructor(history: ReadonlyArray<Envelope.Envelope>) {
    this.#history = history
  }

  /** Sends what the window has room for. */
  send(): ReadonlyArray<Sent> {
    const sent: Array<Sent> = []
    for (let room = windowSize - this.#inFlight.size; room > 0; room--) {
      const index = this.#returned.length > 0 ? this.#returned.shift()! : this.#next
      const event = this.#history[index]
      if (event === undefined) break
      if (index === this.#next) this.#next += 1
      const one = { index, event }
      this.#inFlight.add(one)
      sent.push(one)
    }
    return sent
  }

  /** The event's effects are committed. */
  acknowledge(sent: Sent): void {
    if (this.#inFlight.delete(sent)) this.wake()
  }

  /** The subscriber is gone: what it has not acknowledged comes to the next. */
  giveBack(sent: Iterable<Sent>): void {
    const back = [...sent].filter((one) => this.#inFlight.delete(one)).map(({ index }) => index)
    this.#returned = [...back, ...this.#returned].sort((a, b) => a - b)
    this.wake()
  }

  /** Calls back when there may be something to send; returns the way to stop waiting. */
  wait(wake: () => void): () => void {
    this.#waiting.add(wake)
    return () => void this.#waiting.delete(wake)
  }

  wake(): void {
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const wake of waiting) wake()
  }
}

export class Broker {
  readonly #topics = new Map<Envelope.Source, { history: Array<Envelope.Envelope>; mailboxes: Map<string, Mailbox> }>()

  publish(events: ReadonlyArray<Envelope.Envelope>): void {
    const touched = new Set<Envelope.Source>()
    for (const event of events) {
      this.#topic(event.source).history.push(event)
      touched.add(event.source)
    }
    for (const source of touched) for (const mailbox of this.#topic(source).mailboxes.values()) mailbox.wake()
  }

  /** The mailbox of a name; a new one starts at the first event. */
  mailbox(name: string, source: Envelope.Source): Mailbox {
    const { history, mailboxes } = this.#topic(source)
    let mailbox = mailboxes.get(name)
    if (mailbox === undefined) {
      mailbox = new Mailbox(history)
      mailboxes.set(name, mailbox)
    }
    return mailbox
  }

  #topic(source: Envelope.Source) {
    let topic = this.#topics.get(source)
    if (topic === undefined) {
      topic = { history: [], mailboxes: new Map() }
      this.#topics.set(source, topic)
    }
    return topic
  }
}
