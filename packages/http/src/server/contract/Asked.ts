/**
 * What a handler is asked, part by part as it is checked.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiError from "effect/http-api/HttpApiError"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as Schema from "effect/Schema"

export interface Asked {
  readonly request: HttpServerRequest.HttpServerRequest
  readonly endpoint: HttpApiEndpoint.Top
  readonly group: HttpApiGroup.Top
  params?: unknown
  headers?: unknown
  query?: unknown
  payload?: unknown
}

/** What a context has, whatever is known of it. */
export const found = <I, S>(context: Context.Context<never>, key: Context.Key<I, S>): S | undefined =>
  Context.getOrUndefined(context as Context.Context<I>, key)

/** Which part of the request breaks its rules. */
export const refuse = (kind: HttpApiError.HttpApiSchemaError["kind"], cause: Schema.SchemaError) =>
  Effect.fail(new HttpApiError.HttpApiSchemaError({ kind, cause }))
