/**
 * Where whoever sends the audit log of a period reads it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Period } from "../values/BusinessDay.ts"
import type { Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { BillingStore } from "./BillingStore.ts"
import * as AuditLog from "./formats/AuditLog.ts"
import * as Reading from "./Reading.ts"

/**
 * The audit log of a period, in pages by journal number. It is a port of its own, since what tells people need not run
 * where the books are: there another service is asked for it, and no rows of billing are at hand.
 */
export class AuditTrail extends Context.Service<
  AuditTrail,
  {
    readonly of: (period: Period, paging: Paging<number>) => Effect.Effect<Page<AuditLog.Entry>, StoreError>
  }
>()("@popug/core/AuditTrail") {
  /** Read from the books. */
  static readonly layer: Layer.Layer<AuditTrail, never, BillingStore> = Layer.effect(
    AuditTrail,
    Effect.map(BillingStore, (store) => ({
      of: (period, paging) =>
        Effect.map(Reading.transfers(store, { from: period, to: period }, paging), ({ more, rows }) => ({
          more,
          rows: rows.map(AuditLog.entry)
        }))
    }))
  )
}
