/**
 * What stands around the handlers, as callers notice it.
 */
import type { Actor } from "@popug/core"
import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as Problem from "./Problem.ts"

/** Who asks: the user that the bearer token names. The core looks up whether they are active, and their roles. */
export class CurrentActor extends Context.Service<CurrentActor, Actor.Actor>()("@popug/http/CurrentActor") {}

/** Checks the bearer token; 401 with `WWW-Authenticate` when there is none that holds. */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: CurrentActor }>()(
  "@popug/http/Authorization",
  {
    requiredForClient: true,
    security: { bearer: HttpApiSecurity.bearer },
    error: [Problem.Unauthenticated, Problem.UnknownSubject, Problem.Unavailable, Problem.TooManyRequests]
  }
) {}

/**
 * Checks the credential of the server's operator; 401 with `WWW-Authenticate` otherwise. It opens no company, and no
 * company's token is one.
 */
export class Operator extends HttpApiMiddleware.Service<Operator>()("@popug/http/Operator", {
  requiredForClient: true,
  security: { operator: HttpApiSecurity.bearer },
  error: Problem.Unauthenticated
}) {}

/** Requests for each user and address in a span of time; 429 with `Retry-After` beyond. */
export class RateLimit extends HttpApiMiddleware.Service<RateLimit>()("@popug/http/RateLimit", {
  error: Problem.TooManyRequests
}) {}

/** What makes a command repeatable: made from the user and the `Idempotency-Key`; undefined without one. */
export class CommandKey extends Context.Service<CommandKey, { readonly commandId?: string }>()(
  "@popug/http/CommandKey"
) {}

/** Reads `Idempotency-Key`; 409 while the first request with it is under way. */
export class Idempotency extends HttpApiMiddleware.Service<
  Idempotency,
  { provides: CommandKey; requires: CurrentActor }
>()("@popug/http/Idempotency", { error: Problem.CommandInFlight }) {}

/** Has whatever breaks the contract's rules answered as `InvalidInput`, with all that is wrong. */
export class Validation extends HttpApiMiddleware.Service<Validation>()("@popug/http/Validation", {
  error: Problem.InvalidInput
}) {}
