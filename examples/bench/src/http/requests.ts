/**
 * What servers are asked: one task, a list of fifty, a new task.
 */
import { type Load, request } from "./load.ts"
import type { Remote } from "./remote.ts"
import { draft, held, idOf } from "./tasks.ts"

/** Requests that are made beforehand and sent over and over: writing them is no part of the load. */
const prepared = 500

const inTurn = (status: number, requests: ReadonlyArray<Buffer>): Load => {
  let next = 0
  return { status, next: () => requests[next++ % requests.length]! }
}

const many = <A>(make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: prepared }, (_, index) => make(index))

/** Tasks that are there from the start, by id. */
export const reads = ({ headers }: Remote): Load =>
  inTurn(
    200,
    many((index) => request("GET", `/v1/tasks/${idOf(held - 1 - index)}`, headers))
  )

export const lists = ({ headers }: Remote): Load => inTurn(200, [request("GET", "/v1/tasks?limit=50", headers)])

export const writes = ({ headers }: Remote): Load =>
  inTurn(
    201,
    many((index) => request("POST", "/v1/tasks", headers, draft(index)))
  )

/** The same, each with a key that was never used before. */
export const writesWithKey = ({ headers }: Remote): Load => {
  const bodies = many((index) => draft(index))
  let next = 0
  return {
    status: 201,
    next: () => {
      const key = `bench-${process.pid}-${(next += 1)}`
      return request("POST", "/v1/tasks", { ...headers, "idempotency-key": key }, bodies[next % prepared])
    }
  }
}
