/**
 * Pages on the wire: the core's keys as opaque cursors.
 */
import type { Page as Rows, PageRequest } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as Problem from "../api/problems.ts"

/** How many rows a page has unless told. */
const usual = 50

export interface Asked {
  readonly cursor?: string
  readonly limit?: number
}

const refuse = Effect.fail(new Problem.InvalidInput({ detail: "cursor is not one of ours" }))

/** The page that is asked for, by a key that is text. */
export const byText = ({ cursor, limit = usual }: Asked): Effect.Effect<PageRequest, Problem.InvalidInput> =>
  cursor === undefined
    ? Effect.succeed({ limit })
    : Result.match(Base64Url.decodeString(cursor), {
        onFailure: () => refuse,
        onSuccess: (after) => (after === "" ? refuse : Effect.succeed({ after, limit }))
      })

/** The page that is asked for, by a key that is a number. */
export const byNumber = Effect.fnUntraced(function* (asked: Asked) {
  const { after, limit } = yield* byText(asked)
  if (after === undefined) return { limit }
  if (!/^\d{1,15}$/.test(after)) return yield* refuse
  return { after: Number(after), limit }
})

/** A page as it is sent; `key` gives what the next one starts after. */
export const toWire = <Row, View>(
  { more, rows }: Rows<Row>,
  key: (row: Row) => string | number,
  view: (row: Row) => View
) => {
  const last = rows.at(-1)
  return {
    data: rows.map(view),
    hasMore: more,
    nextCursor: more && last !== undefined ? cursorOf(key(last)) : null
  }
}

export const cursorOf = (key: string | number): string => Base64Url.encode(String(key))
