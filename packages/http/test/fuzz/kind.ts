/**
 * Kinds of requests: how they are made for an endpoint, and what may be answered.
 */
import type * as fc from "fast-check"
import type { Endpoint } from "./contract.ts"
import type { Plan } from "./requests.ts"
import type { WireRequest } from "./wire.ts"

/**
 * What may be answered: anything in the contract, any refusal in it, or just some statuses. `silent`: the server may
 * close the connection without an answer.
 */
export type Expected = "any" | "refused" | "silent" | ReadonlyArray<number>

export interface Sample {
  readonly plan: Plan
  /** The request, with the token of who asks. */
  readonly wire: (token: string | undefined) => WireRequest
  readonly expected: Expected
}

export interface Kind {
  readonly name: string
  readonly applies: (endpoint: Endpoint) => boolean
  readonly samples: (endpoint: Endpoint) => fc.Arbitrary<Sample>
}

export const isExpected = (expected: Expected, status: number): boolean => {
  if (expected === "any" || expected === "silent") return true
  return expected === "refused" ? status >= 400 : expected.includes(status)
}
