/**
 * Pages on the wire: the core's keys as opaque cursors. Every list reads and writes its cursors here, and a cursor says
 * which list it is of: another's, or one of the same list with other filters, is refused like any other rubbish.
 */
import { Digest, type Looked, type Page as Rows, Position } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Hash from "effect/Hash"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import * as Problem from "../../api/Problem.ts"

/** How many rows a page has by default. */
const usual = 50

/** The query of a list: which page, and what else narrows it down; of the path what names the list. */
export interface Asked {
  readonly cursor?: string
  readonly limit?: number
  readonly [filter: string]: unknown
}

const refuse = Effect.fail(new Problem.InvalidInput({ detail: "cursor is not one of this list" }))
const refuseGone = Effect.fail(
  new Problem.InvalidInput({
    detail: "cursor is not one of this list any more: the rows after it are gone, as after a restore; begin anew"
  })
)

/** The query without what says which page. */
export const filterOf = <Query extends Asked>(query: Query) => Struct.omit(query, ["cursor", "limit"])

/** Tells the cursors of lists apart. It is no secret: what a caller may see is checked for each page. */
const tagOf = (name: string, query: Asked, key: string): string =>
  (Hash.string(Digest.canonicalJson([name, filterOf(query), key])) >>> 0).toString(36)

/** A list by its name; the keys of its rows are read from text. */
const list =
  <Key>(read: (text: string) => Key | undefined, write: (key: Key) => string = String) =>
  (name: string) => {
    const cursorOf = (query: Asked, key: Key): string => {
      const text = write(key)
      return Base64Url.encode(`${tagOf(name, query, text)}.${text}`)
    }
    /** What a cursor of the list holds; there is one cursor for a key. */
    const keyIn = (query: Asked, cursor: string): Key | undefined => {
      const text = Result.getOrElse(Base64Url.decodeString(cursor), () => "")
      const key = read(text.slice(text.indexOf(".") + 1))
      return key !== undefined && cursorOf(query, key) === cursor ? key : undefined
    }
    return {
      /** The cursor that goes on after a row. */
      cursorOf,
      /** The page that is asked for. */
      asked: (query: Asked): Effect.Effect<{ readonly after?: Key; readonly limit: number }, Problem.InvalidInput> => {
        const { cursor, limit = usual } = query
        if (cursor === undefined) return Effect.succeed({ limit })
        const after = keyIn(query, cursor)
        return after === undefined ? refuse : Effect.succeed({ after, limit })
      },
      /**
       * A page of a list that only grows. A cursor was given where a row followed: where none does, the list is not the
       * one that it was of, and an empty page would pass for its end.
       */
      growing: <Row>(
        { cursor }: Asked,
        page: Looked<Row, Key>
      ): Effect.Effect<Looked<Row, Key>, Problem.InvalidInput> =>
        cursor !== undefined && page.last === null ? refuseGone : Effect.succeed(page),
      /** A page of what was looked for, as it is sent: the next one starts where the looking ended. */
      looked: <Row, View>(query: Asked, { last, more, rows }: Looked<Row, Key>, view: (row: Row) => View) => ({
        data: rows.map(view),
        hasMore: more,
        nextCursor: more && last !== null ? cursorOf(query, last) : null
      }),
      /** A page as it is sent; `key` returns what the next one starts after. */
      toWire: <Row, View>(
        query: Asked,
        { more, rows }: Rows<Row>,
        key: (row: Row) => Key,
        view: (row: Row) => View
      ) => {
        const last = rows.at(-1)
        return {
          data: rows.map(view),
          hasMore: more,
          nextCursor: more && last !== undefined ? cursorOf(query, key(last)) : null
        }
      }
    }
  }

/** A list in the order of ids or dates. */
export const byText = list((text): string => text)

/** A list in the order of numbers. */
export const byNumber = list((text) => (/^(0|[1-9]\d{0,14})$/u.test(text) ? Number(text) : undefined))

/** A list in the order of a stream. */
export const byPosition = list(Position.parse, Position.format)
