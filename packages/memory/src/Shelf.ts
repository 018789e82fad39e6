/**
 * What outlives the processes of a host of many companies: a disk for each, which companies there are, and who does
 * their work.
 */
import type { CompanyRecord } from "@popug/core"
import * as Effect from "effect/Effect"
import { Connection } from "./Connection.ts"
import * as Disk from "./Disk.ts"
import { SortedIds } from "./SortedIds.ts"

export class Shelf {
  readonly disks = new Map<string, Disk.Disk>()
  /** The ids of the disks in order. */
  readonly ids = new SortedIds<string>()
  readonly records = new Map<string, CompanyRecord>()
  readonly recordIds = new SortedIds<string>()
  /** Until when nobody else does a company's work, in epoch milliseconds, and how often it was taken. */
  readonly claims = new Map<string, { readonly until: number; readonly attempts: number }>()
  readonly #listening = new Set<(company: string) => void>()

  /** A company's disk; a new one is empty. */
  disk(company: string): Disk.Disk {
    let disk = this.disks.get(company)
    if (disk === undefined) {
      disk = Disk.make()
      this.disks.set(company, disk)
      this.ids.add(company)
    }
    return disk
  }

  /** Tells who listens that a company has new events. */
  tell(company: string): void {
    for (const hear of this.#listening) hear(company)
  }

  /** Returns what ends it. */
  listen(hear: (company: string) => void): () => void {
    this.#listening.add(hear)
    return () => void this.#listening.delete(hear)
  }
}

/** A process's use of a shelf; cutting it is the end of the process. */
export class Attachment {
  readonly shelf: Shelf
  #alive = true
  readonly #connections = new Set<Connection>()

  constructor(shelf: Shelf) {
    this.shelf = shelf
  }

  get alive(): boolean {
    return this.#alive
  }

  /** A connection to a company's disk, until it is let go. */
  connect(company: string): { readonly connection: Connection; readonly leave: () => void } {
    const connection = new Connection(this.shelf.disk(company))
    this.#connections.add(connection)
    return { connection, leave: () => void this.#connections.delete(connection) }
  }

  /** Runs a call, which hangs for ever once the process is gone. */
  call<A, E, R>(effect: () => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => (this.#alive ? effect() : Effect.never))
  }

  /** The process is gone: as `Connection.cut`, for all companies. */
  readonly cut: Effect.Effect<void> = Effect.suspend(() => {
    this.#alive = false
    return Effect.forEach(this.#connections, (connection) => connection.cut, { discard: true })
  })
}
