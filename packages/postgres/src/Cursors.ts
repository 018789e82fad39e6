/**
 * Cursors as JSON inside a head, and as rows of their own.
 */
import { Cursor } from "@popug/core"
import * as Schema from "effect/Schema"

/** A cursor inside a head: whose it is and what it reads is known there. */
export const Place = Schema.Struct({
  number: Schema.Int,
  digest: Schema.String,
  stopped: Schema.NullOr(Cursor.Stop)
})
export type Place = typeof Place.Type

export const place = ({ digest, number, stopped }: Cursor.Cursor): Place => ({ digest, number, stopped })
