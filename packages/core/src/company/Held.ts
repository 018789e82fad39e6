/**
 * What a lease remembers: entries of the directory, each until its time is over.
 */
import type { DirectoryEntry } from "./Actor.ts"

/** What is known of some users. */
interface Known {
  readonly entries: ReadonlyArray<DirectoryEntry>
  /** Those of them who are to be asked for again, though they still answer. */
  readonly ageing: ReadonlyArray<string>
  readonly missing: ReadonlyArray<string>
}

export class Held {
  /** By id; those who were asked for longest ago come first. */
  readonly #entries = new Map<string, DirectoryEntry & { readonly until: bigint }>()
  readonly #lease: bigint
  readonly #most: number

  constructor(leaseNanos: bigint, most: number) {
    this.#lease = leaseNanos
    this.#most = most
  }

  /** Takes the answer to a question sent at an instant of the monotonic clock; returns it as it is to be gone by. */
  keep(entries: ReadonlyArray<DirectoryEntry>, sent: bigint): ReadonlyArray<DirectoryEntry> {
    const until = sent + this.#lease
    const leased = entries.map(({ id, roles, status }) => ({ id, roles, status, until }))
    for (const entry of leased) {
      this.#entries.delete(entry.id)
      this.#entries.set(entry.id, entry)
    }
    let over = this.#entries.size - this.#most
    for (const id of this.#entries.keys()) {
      if (over <= 0) break
      this.#entries.delete(id)
      over -= 1
    }
    return leased
  }

  /** What is known at an instant of the monotonic clock. */
  get(ids: ReadonlyArray<string>, now: bigint): Known {
    const entries: Array<DirectoryEntry> = []
    const ageing: Array<string> = []
    const missing: Array<string> = []
    for (const id of new Set(ids)) {
      const entry = this.#entries.get(id)
      if (entry === undefined || entry.until <= now) {
        missing.push(id)
        continue
      }
      entries.push(entry)
      if (entry.until - now <= this.#lease / 2n) ageing.push(id)
    }
    return { entries, ageing, missing }
  }
}
