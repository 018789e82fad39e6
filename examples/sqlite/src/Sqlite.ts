/**
 * popug on SQLite: all ports of a company in one file, by the driver that comes with Node.
 */
import { hash } from "node:crypto"
import * as popug from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Billing from "./Billing.ts"
import * as Cursors from "./Cursors.ts"
import { attempt, Database, type Options } from "./Database.ts"
import * as Reports from "./Reports.ts"
import * as Stream from "./Stream.ts"
import * as Tasks from "./Tasks.ts"
import * as Users from "./Users.ts"

export type { Options } from "./Database.ts"

/** SHA-256 by Node. */
export const layerDigest: Layer.Layer<popug.Digest.Digest> = Layer.succeed(popug.Digest.Digest, {
  sha256: (text) => hash("sha256", text, "hex")
})

/**
 * A company's stores in a file, which is created when it is missing. Several processes may share it on one machine:
 * each commit takes it for a moment. Consumers read the log, every `PollInterval`: there is no bus. Instants are the
 * machine's, by Effect's `Clock`.
 */
export const layer = (options: Options): Layer.Layer<popug.Ports | popug.CursorStore, popug.StoreError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const open = attempt(() => new Database(options))
      const db = yield* Effect.acquireRelease(open, (opened) => Effect.sync(() => opened.close()))
      const [users, tasks, billing] = [Users.make(db), Tasks.make(db), Billing.make(db)]
      const reports = Reports.make(db)
      const ready = Effect.all([users.ready, tasks.ready, billing.ready, reports.ready], { discard: true })
      return Context.make(popug.UserStore, users).pipe(
        Context.add(popug.TaskStore, tasks),
        Context.add(popug.BillingStore, billing),
        Context.add(popug.ReportStore, reports),
        Context.add(popug.EventLog, Stream.log(db)),
        Context.add(popug.CursorStore, Cursors.make(db)),
        Context.add(popug.Readiness, ready)
      )
    })
  ).pipe(Layer.merge(Layer.merge(layerDigest, popug.EventBus.layerNone)))
