/**
 * The types of the client without Effect: those of the contract, with what a program without Effect has in their place.
 * Nothing here is left when the program runs.
 */
import type { Envelope } from "@popug/core"
import type * as Brand from "effect/Brand"
import type * as DateTime from "effect/DateTime"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Api, DevelopmentApi } from "../api/Api.ts"
import type { HostApi } from "../api/HostApi.ts"
import type * as Problems from "../api/Problem.ts"

/** Ids and dates may be plain strings: the server refuses what is none of ours. */
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

/** Instants are `Date`s; JSON that is anybody's stays as it is. */
type Native<Value> = unknown extends Value
  ? Value
  : Schema.Json extends Value
    ? Value
    : Value extends string
      ? Value
      : Value extends DateTime.Utc
        ? Date
        : Value extends ReadonlyArray<infer Item>
          ? ReadonlyArray<Native<Item>>
          : Value extends object
            ? { readonly [K in keyof Value]: Native<Value[K]> }
            : Value

/** What is downloaded is taken by `for await`. */
type Answer<A> =
  A extends HttpApiSchema.withHeaders<infer Body, infer Headers>
    ? {
        readonly body: Body extends Stream.Stream<infer Row, infer _E, infer _R> ? AsyncIterable<Row> : Native<Body>
        readonly headers: Headers
      }
    : Native<A>

export interface CallOptions {
  /** Gives up waiting when it is aborted. A command that was sent may be done nevertheless. */
  readonly signal?: AbortSignal | undefined
}

type Answered<E extends HttpApiEndpoint.ConstraintRequest> = Promise<Answer<HttpApiClient.SuccessType<E["~Success"]>>>

/** What a method can throw is told by its type alone: nothing is there when the program runs. */
type Method<E extends HttpApiEndpoint.ConstraintRequest> = ({} extends Request<E>
  ? (request?: Request<E>, options?: CallOptions) => Answered<E>
  : (request: Request<E>, options?: CallOptions) => Answered<E>) & {
  readonly "~problem"?: Extract<HttpApiEndpoint.Errors<E>, { readonly _tag: string }>["_tag"]
}

/** The feed is followed by `follow`, which outlasts its connections. */
type Methods<Endpoints> =
  Endpoints extends Readonly<Record<string, HttpApiEndpoint.ConstraintRequest>>
    ? { readonly [Name in Exclude<keyof Endpoints, "feed">]: Method<Endpoints[Name]> }
    : never

type GroupsOf<A> = A extends HttpApi.HttpApi<infer _Id, infer Groups> ? Groups : never

type GroupMethods<A> = {
  readonly [G in GroupsOf<A> as HttpApiGroup.Identifier<G>]: Methods<G["endpoints"]>
}

/** Which page: to be put into a list's `query`. */
export interface At {
  readonly cursor?: string
}

export interface Page<Row> {
  readonly data: ReadonlyArray<Row>
  readonly nextCursor: string | null
}

export interface FollowOptions {
  /** The context that writes the events. */
  readonly source: Envelope.Source
  /**
   * Where to go on from: the `position` of the last event that you have, or its number, or 0 for all of them; without
   * it, what happens from now on. A position also tells whether the log was rewritten since.
   */
  readonly after?: number | string | undefined
  /**
   * How long a connection may say nothing, not even a sign of life, before another one is made, in milliseconds;
   * default: a minute.
   */
  readonly silence?: number | undefined
  /** Told how far the stream is by what is no event: first when it is there, then by each sign of life. */
  readonly onSign?: ((sign: Sign) => void) | undefined
}

/** What a stream tells besides events. */
export interface Sign {
  /** Where it has come to, past events that the caller may not see: what to pass as `after` the next time. */
  readonly position: string
  /** Whether some of those took a task from somebody: who has tasks asks for them again. */
  readonly reassigned: boolean
}

/** An event with its place in the stream: what to keep, and to pass as `after` the next time. */
export interface Followed extends Envelope.CloudEvent {
  readonly position: string
}

export interface Promises extends GroupMethods<typeof Api> {
  /**
   * Each event that the caller may see, once and in order, for ever; breaking off the loop ends it. It throws when the
   * token is refused, when the user is deactivated or may not follow the events, and `PositionBeyondLog` when the log
   * is not the one any more that was followed, as after a restore from a backup; everything else it outlasts.
   */
  readonly follow: (options: FollowOptions, call?: CallOptions) => AsyncIterableIterator<Followed, undefined>
  /** `rows((at) => popug.users.list({ query: at }))`: the rows of all pages, asked for as they are taken. */
  readonly rows: <Row>(list: (at: At) => Promise<Page<Row>>) => AsyncIterable<Row>
}

/** What a development server has besides. */
export type Development = GroupMethods<typeof DevelopmentApi>["development"]

/** What the operator of a server of many companies has. */
export type Platform = GroupMethods<typeof HostApi>["platform"]

/** The members of each problem by its name. */
type Members = {
  readonly [Name in keyof typeof Problems]: (typeof Problems)[Name] extends {
    readonly fields: infer Fields extends Schema.Struct.Fields
  }
    ? Native<Schema.Struct.Type<Fields>>
    : never
}

/** What can be wrong with a request: an error with what one needs to act, told by its `_tag`. */
export type Problem = {
  readonly [Name in keyof Members]: Error & { readonly _tag: Name } & Members[Name]
}[keyof Members]

/**
 * The problems that a method of the contract can throw: `ProblemOf<Promises["tasks"]["create"]>`. Besides, it can throw
 * `HttpError`, and what `token` throws.
 */
export type ProblemOf<Method> = Method extends { readonly "~problem"?: infer Tag }
  ? Extract<Problem, { readonly _tag: Tag }>
  : never
