/**
 * One of many companies, as a server has it while it is asked for: its handlers, and who its users are. The endpoints
 * themselves (routes, schemas, what stands around them) are the server's, compiled once for all.
 */
import type { CompanyServices } from "@popug/core"
import type * as Context from "effect/Context"
import type { Handled } from "../contract/Endpoint.ts"
import type { Resolve } from "../guard/auth/SignIn.ts"

export interface Tenant {
  readonly id: string
  readonly services: Context.Context<CompanyServices>
  /** Which of its users a token that holds is. */
  readonly resolve: Resolve
  /** By group and endpoint. */
  readonly handlers: ReadonlyMap<string, Handled["handler"]>
  /** How many requests it has served, for whoever looks which companies work most. */
  requests: number
}
