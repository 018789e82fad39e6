/**
 * A process's connection to a disk. Cutting it is the end of the process as the disk sees it.
 */
import type { Identity } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Disk } from "./Disk.ts"
import type { Lock, Ticket } from "./Lock.ts"

export class Connection {
  readonly disk: Disk
  #alive = true
  readonly #open = new Set<() => void>()
  /** For which company this process has opened each context. */
  readonly identities = new Map<string, Identity>()

  constructor(disk: Disk) {
    this.disk = disk
  }

  get alive(): boolean {
    return this.#alive
  }

  /**
   * The process is gone: what it has not committed is rolled back, its locks are free, what was delivered to it comes
   * to others again, and no call that it has made or makes returns. None of its finalizers run.
   */
  readonly cut: Effect.Effect<void> = Effect.sync(() => {
    this.#alive = false
    for (const close of this.#open) close()
    this.#open.clear()
  })

  /** Runs a call, which hangs for ever once the connection is cut. */
  call<A, E, R>(effect: () => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => (this.#alive ? effect() : Effect.never))
  }

  /** A read of what is committed. */
  read<A>(value: () => A): Effect.Effect<A> {
    return Effect.suspend(() => (this.#alive ? Effect.succeed(value()) : Effect.never))
  }

  /** Takes a place in a lock's queue, which it loses with the connection. */
  enter(lock: Lock): Ticket {
    const ticket = lock.enter()
    const leave = this.onCut(ticket.leave)
    return { turn: ticket.turn, leave }
  }

  /** Registers what happens when the connection is cut; returns the way to do it earlier. Done once. */
  onCut(close: () => void): () => void {
    const once = () => {
      if (this.#open.delete(once)) close()
    }
    this.#open.add(once)
    return once
  }
}
