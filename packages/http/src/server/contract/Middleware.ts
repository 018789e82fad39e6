/**
 * The contract's middleware around an endpoint.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import type * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"

type Served = Effect.Effect<HttpServerResponse.HttpServerResponse, unknown>
type Options = {
  readonly endpoint: HttpApiEndpoint.Top
  readonly group: HttpApiGroup.Top
  readonly credential?: unknown
}
type Around = (self: Served, options: Options) => Served

/** All of it, the last outermost; undefined when one is not there, or takes more than one kind of credential. */
export const compile = (
  endpoint: HttpApiEndpoint.Top,
  group: HttpApiGroup.Top,
  services: Context.Context<never>
): ((self: Served) => Served) | undefined => {
  const all: Array<Around> = []
  for (const key of endpoint.middlewares) {
    const service: unknown = services.mapUnsafe.get(key.key)
    if (service === undefined) return undefined
    const around = HttpApiMiddleware.isSecurity(key as never)
      ? secured((key as unknown as Secured).security, service as Readonly<Record<string, Around>>)
      : (service as Around)
    if (around === undefined) return undefined
    all.push(around)
  }
  const options = { endpoint, group }
  return (self) => all.reduce((inner, around) => around(inner, options), self)
}

interface Secured {
  readonly security: Readonly<Record<string, HttpApiSecurity.HttpApiSecurity>>
}

const secured = (security: Secured["security"], service: Readonly<Record<string, Around>>): Around | undefined => {
  const [[name, scheme] = [], another] = Object.entries(security)
  if (name === undefined || scheme === undefined || another !== undefined) return undefined
  const decode = HttpApiBuilder.securityDecode(scheme) as Effect.Effect<unknown>
  return (self, options) => Effect.flatMap(decode, (credential) => service[name]!(self, { ...options, credential }))
}
