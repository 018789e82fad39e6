/**
 * Whose streams are open, so that those whom an event is about are let in anew before they see anything later.
 */
import type { Actor, Envelope } from "@popug/core"

/** A stream that has to look its viewer up again once something was recorded about them. */
export interface Viewing {
  changed: boolean
}

export class Viewers<V extends Viewing> {
  readonly #streams = new Map<string, Set<V>>()

  add(actor: Actor.Actor, stream: V): void {
    if (actor._tag !== "User") return
    const known = this.#streams.get(actor.id)
    if (known === undefined) this.#streams.set(actor.id, new Set([stream]))
    else known.add(stream)
  }

  remove(actor: Actor.Actor, stream: V): void {
    if (actor._tag !== "User") return
    const known = this.#streams.get(actor.id)
    if (known?.delete(stream) === true && known.size === 0) this.#streams.delete(actor.id)
  }

  /** Marks the streams of whom an event of the users' log is about. */
  mark(event: Envelope.Envelope): void {
    const { id } = (event.data ?? {}) as { readonly id?: unknown }
    if (typeof id !== "string") return
    for (const stream of this.#streams.get(id) ?? []) stream.changed = true
  }

  markAll(): void {
    for (const streams of this.#streams.values()) for (const stream of streams) stream.changed = true
  }
}
