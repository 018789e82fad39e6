/**
 * The same client for those without Effect: async functions that throw the problems.
 */
import type * as Brand from "effect/Brand"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Stream from "effect/Stream"
import type { Api } from "../api/Api.ts"
import { Client, type Options } from "./Client.ts"
import { type Followed, type FollowOptions, followWith } from "./follow.ts"
import type { At, Page } from "./pages.ts"

export interface PromiseOptions extends Omit<Options, "token" | "freshToken"> {
  /** The bearer token, or a function that returns it at each request, called again after a 401. */
  readonly token: string | (() => string | Promise<string>)
}

/** Ids and dates may be plain strings: what is none of ours is refused when it is sent. */
type Plain<Value> = Value extends string & Brand.Brand<string>
  ? string
  : Value extends ReadonlyArray<infer Item>
    ? ReadonlyArray<Plain<Item>>
    : Value extends object
      ? { readonly [K in keyof Value]: Plain<Value[K]> }
      : Value

/** Parts of a request that may be empty may be left out. */
type Part<Key extends string, Value> = [Value] extends [never]
  ? unknown
  : {} extends Value
    ? { readonly [K in Key]?: Plain<Value> }
    : { readonly [K in Key]: Plain<Value> }

type Request<E extends HttpApiEndpoint.ConstraintRequest> = Part<"params", E["~Params"]["Type"]> &
  Part<"query", E["~Query"]["Type"]> &
  Part<"payload", E["~Payload"]["Type"]> &
  Part<"headers", E["~Headers"]["Type"]>

/** Streams become what `for await` takes. */
type Answer<A> =
  A extends HttpApiSchema.withHeaders<infer Body, infer Headers>
    ? Body extends Stream.Stream<infer Row, infer _E, infer _R>
      ? { readonly body: AsyncIterable<Row>; readonly headers: Headers }
      : { readonly body: Body; readonly headers: Headers }
    : A

interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

type Method<E extends HttpApiEndpoint.ConstraintRequest> =
  {} extends Request<E>
    ? (request?: Request<E>, options?: CallOptions) => Promise<Answer<HttpApiClient.SuccessType<E["~Success"]>>>
    : (request: Request<E>, options?: CallOptions) => Promise<Answer<HttpApiClient.SuccessType<E["~Success"]>>>

type Methods<Endpoints> =
  Endpoints extends Readonly<Record<string, HttpApiEndpoint.ConstraintRequest>>
    ? { readonly [Name in keyof Endpoints]: Method<Endpoints[Name]> }
    : never

type GroupsOf<A> = A extends HttpApi.HttpApi<infer _Id, infer Groups> ? Groups : never

type Groups = {
  readonly [G in GroupsOf<typeof Api> as G["topLevel"] extends true ? never : HttpApiGroup.Identifier<G>]: Methods<
    G["endpoints"]
  >
}

export interface Promises extends Groups {
  /** Each event that the caller may see, once and in order, for ever; breaking off the loop ends it. */
  readonly follow: (options: FollowOptions) => AsyncIterable<Followed>
  /** `rows((at) => popug.users.list({ query: at }))`: the rows of all pages. */
  readonly rows: <Row>(list: (at: At) => Promise<Page<Row>>) => AsyncIterable<Row>
}

/** `const popug = promises({ baseUrl, token })`, then `await popug.tasks.create({ payload: { title } })`. */
export const promises = ({ token, ...options }: PromiseOptions): Promises => {
  const given = typeof token === "string" ? token : Effect.promise(async () => token())
  const client = Effect.runSync(Effect.provide(Client, Client.layer({ ...options, token: given })))
  const groups = Object.entries(client).map(([name, methods]) => [
    name,
    Object.fromEntries(Object.entries(methods).map(([method, call]) => [method, promised(call as Call)]))
  ])
  return {
    ...Object.fromEntries(groups),
    follow: (what: FollowOptions) => Stream.toAsyncIterable(followWith(client, what)),
    rows
  }
}

type Call = (request: object) => Effect.Effect<unknown, unknown>

const promised = (call: Call) => (request: object | undefined, options: CallOptions | undefined) =>
  Effect.runPromise(call({ headers: {}, query: {}, ...request }), options).then(readable)

const readable = (answer: unknown): unknown => {
  const { body, headers } = (answer ?? {}) as { readonly body?: unknown; readonly headers?: unknown }
  return Stream.isStream(body) ? { body: Stream.toAsyncIterable(body as Stream.Stream<unknown>), headers } : answer
}

async function* rows<Row>(list: (at: At) => Promise<Page<Row>>): AsyncGenerator<Row> {
  for (let at: At | undefined = {}; at !== undefined;) {
    const { data, nextCursor }: Page<Row> = await list(at)
    yield* data
    at = nextCursor === null ? undefined : { cursor: nextCursor }
  }
}
