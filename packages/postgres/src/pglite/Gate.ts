/**
 * Who may use PGlite's one session: one after another, in the order of asking, and not for ever.
 */

interface Waiter {
  readonly who: object
  readonly go: () => void
  readonly timer: ReturnType<typeof setTimeout>
}

/** The session was held by somebody else's transaction for longer than anybody waits. */
class GateTimeout extends Error {
  constructor(millis: number) {
    super(
      `PGlite has one session, and a transaction has held it for ${millis} ms: ` +
        "a transaction must not wait for what runs outside of it"
    )
  }
}

export class Gate {
  readonly #patienceMillis: number
  #owner: object | undefined
  #queue: Array<Waiter> = []

  constructor(patienceMillis: number) {
    this.#patienceMillis = patienceMillis
  }

  owns(who: object): boolean {
    return this.#owner === who
  }

  /** Resolves when the session is the caller's, rejects with `GateTimeout` when that takes too long. */
  acquire(who: object): Promise<void> | undefined {
    if (this.#owner === undefined || this.#owner === who) {
      this.#owner = who
      return undefined
    }
    return new Promise((go, reject) => {
      const timer = setTimeout(() => {
        this.#queue = this.#queue.filter((waiter) => waiter.go !== go)
        reject(new GateTimeout(this.#patienceMillis))
      }, this.#patienceMillis)
      this.#queue.push({ who, go, timer })
    })
  }

  release(): void {
    const next = this.#queue.shift()
    this.#owner = next?.who
    if (next === undefined) return
    clearTimeout(next.timer)
    next.go()
  }

  /** Gives up a place in the queue. */
  leave(who: object): void {
    for (const waiter of this.#queue) if (waiter.who === who) clearTimeout(waiter.timer)
    this.#queue = this.#queue.filter((waiter) => waiter.who !== who)
  }
}
