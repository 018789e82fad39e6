/**
 * How the head of reports is kept: the context's row says how far billing's events were applied.
 */
import { Cursor, Head, initialReportCursor } from "@popug/core"
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as Contexts from "../Contexts.ts"

/** The head of a context that writes no stream: the number and the digest are its cursor's. */
export interface ReportHead extends Head.Head {
  readonly stopped: Cursor.Stop | null
}

export const codec = Contexts.codec<ReportHead, { readonly stopped: Cursor.Stop | null }>(
  "reports",
  Schema.Struct({ stopped: Schema.NullOr(Cursor.Stop) }),
  (base, { stopped }) => ({ ...base, stopped }),
  ({ stopped }) => ({ stopped })
)

export const initial = (at: DateTime.Utc): ReportHead => ({ ...Head.initial(at), stopped: null })

export const cursorOf = ({ digest, number, stopped }: ReportHead): Cursor.Cursor => ({
  ...initialReportCursor,
  number,
  digest,
  stopped
})
