/**
 * Endpoints of popug's contract without their middleware; their schemas stay as they are.
 */
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"

type Bare<Endpoint> =
  Endpoint extends HttpApiEndpoint.HttpApiEndpoint<
    infer Id,
    infer Method,
    infer Path,
    infer Params,
    infer Query,
    infer Payload,
    infer Headers,
    infer Success,
    infer Error,
    infer _Middleware,
    infer _Services
  >
    ? HttpApiEndpoint.HttpApiEndpoint<Id, Method, Path, Params, Query, Payload, Headers, Success, Error>
    : never

/** The same endpoint with nothing around it. */
export const bare = <Endpoint extends HttpApiEndpoint.Top>(endpoint: Endpoint): Bare<Endpoint> =>
  // A copy: the prefix is taken back.
  Object.assign(endpoint.prefix("/"), { path: endpoint.path, middlewares: new Set() }) as unknown as Bare<Endpoint>
