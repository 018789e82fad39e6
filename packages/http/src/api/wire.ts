/**
 * What all parts of the contract share: pages, amounts, cursors and headers.
 */
import { BusinessDay, Money, UserId } from "@popug/core"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"

/** A business day by its date. */
export const Period = BusinessDay.Period

/** An amount in minor units with its currency: `{ "amount": "-1519", "currency": "USD" }`. */
export const Amount = Money.Money.annotate({ identifier: "Amount" })
export type Amount = typeof Amount.Type

/** An amount that a list is asked for by, in the company's currency. */
export const MinorUnits = Schema.String.check(
  Schema.isPattern(/^-?\d{1,20}$/u, { expected: "an amount in minor units, such as -1519" })
)

/** A page of a list; `nextCursor` is what to send as `cursor` for the next one, null at the end. */
export const Page = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ data: Schema.Array(item), hasMore: Schema.Boolean, nextCursor: Schema.NullOr(Schema.String) })

/** How a list is asked for: 1-100 rows; default: 50. */
export const paging = {
  cursor: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(500))),
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 })))
}

/** Which end of a list comes first; default: the oldest. */
export const ordered = { order: Schema.optionalKey(Schema.Literals(["oldest", "newest"])) }

/** What is looked for in a list. */
export const search = { search: Schema.optionalKey(Schema.String.check(Schema.isBetweenLength(1, 200))) }

/** Periods from the first to the last, both included. */
export const range = { from: Schema.optionalKey(Period), to: Schema.optionalKey(Period) }
export const fullRange = { from: Period, to: Period }

/** A user by id, or `me`. */
export const UserRef = Schema.Union([Schema.Literal("me"), UserId])

/** Visible ASCII: the same key again, by the same user with the same content, gets the same answer. */
const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[!-~]{1,255}$/u, { expected: "1-255 visible ASCII characters" })
)
export const idempotencyKey = { "idempotency-key": Schema.optionalKey(IdempotencyKey) }
/** The entity tags under which a change is wanted, or `*`. */
export const ifMatch = { "if-match": Schema.optionalKey(Schema.String) }
/** The entity tags that the caller has. */
export const ifNoneMatch = { "if-none-match": Schema.optionalKey(Schema.String) }

/**
 * A header of an answer. We always send it; proxies may drop it, and browsers hide what is not exposed: no client may
 * fail for want of one.
 */
const header = Schema.optionalKey(Schema.String)

/** The body with its entity tag. */
export const Tagged = <S extends Schema.Top>(body: S) => HttpApiSchema.WithHeaders(body, { etag: header })
/** What was made: 201, with where it is. */
export const Made = <S extends Schema.Top>(body: S) =>
  HttpApiSchema.WithHeaders(body.pipe(HttpApiSchema.status(201)), { etag: header, location: header })
/** 304: the caller has it already. */
export const NotModified = HttpApiSchema.Empty(304)

/** The name of a file to save. */
export const download = { "content-disposition": header }

/** A table to download; text fields that a spreadsheet would run as a formula are made harmless. */
export const Csv = HttpApiSchema.WithHeaders(
  HttpApiSchema.StreamUint8Array({ contentType: "text/csv; charset=utf-8" }),
  download
)
