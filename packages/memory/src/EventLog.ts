/**
 * `EventLog` in memory.
 */
import { EventLog } from "@popug/core"
import type { Connection } from "./Connection.ts"
import { eventsOf } from "./Disk.ts"

export const make = (connection: Connection): EventLog["Service"] =>
  EventLog.of({
    // Event n is at n - 1.
    read: (source, after, limit) =>
      connection.read(() => eventsOf(connection.disk, source).slice(after, after + limit)),
    last: (source) => connection.read(() => eventsOf(connection.disk, source).length)
  })
