/**
 * The rows of any list, page after page.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** Which page: to be put into a list's `query`. */
export interface At {
  readonly cursor?: string
}

export interface Page<Row> {
  readonly data: ReadonlyArray<Row>
  readonly nextCursor: string | null
}

/** `pages((at) => client.users.list({ query: { ...at, role: "worker" } }))`: pages are asked for as rows are taken. */
export const pages = <Row, E, R>(list: (at: At) => Effect.Effect<Page<Row>, E, R>): Stream.Stream<Row, E, R> =>
  Stream.paginate<At, Row, E, R>({}, (at) =>
    Effect.map(list(at), ({ data, nextCursor }) => [
      data,
      nextCursor === null ? Option.none() : Option.some({ cursor: nextCursor })
    ])
  )
