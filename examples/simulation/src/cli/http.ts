/**
 * A replay's commands over HTTP: a server of the company on a free port of this machine, and the typed client, with a
 * token of whoever acts. Tokens hold by the trace's time, and nobody is limited.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { type Actor, type Committed, StoreError, Tasks, Users } from "@popug/core"
import * as Core from "@popug/core"
import { Client } from "@popug/http/client"
import { Bell, DevLogin, Drain, NodeServer, PopugHttp } from "@popug/http/server"
import type { Replay } from "@popug/testkit/replay"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"

interface Wrong {
  readonly _tag: string
  readonly message: string
}

const classes: Record<string, unknown> = { ...Core, ...Core.Actor }

/** The core's error of a problem, which has the same name and fields; whatever else went wrong is the way's. */
const toCore = <E>({ _tag, message, ...fields }: Wrong): E => {
  const Class = classes[_tag]
  return (
    typeof Class === "function"
      ? new (Class as new (fields: object) => object)({ ...fields, message })
      : new StoreError({
          reason: "Unavailable",
          retryable: false,
          committed: "unknown",
          message: `${_tag}: ${message}`
        })
  ) as E
}

/** A call of the client as the use case would have answered; what the client does not tell is not asked for. */
const answered = <A, E>(call: Effect.Effect<A, Wrong>): Effect.Effect<Committed<A>, E> =>
  call.pipe(
    Effect.mapError((wrong) => toCore<E>(wrong)),
    Effect.map((answer) => ({ answer, number: 0 }))
  )

const isUser = (actor: Actor.Actor): actor is Extract<Actor.Actor, { readonly _tag: "User" }> => actor._tag === "User"

/** Tokens of the development login, each used for as long as it holds. */
const makeTokens = Effect.gen(function* () {
  const { issue } = yield* DevLogin.DevTokens
  const clock = yield* Clock.Clock
  const kept = new Map<string, { readonly token: string; readonly expiresAt: DateTime.Utc }>()
  return (user: string) =>
    Effect.suspend(() => {
      const known = kept.get(user)
      if (known !== undefined && known.expiresAt.epochMilliseconds > clock.currentTimeMillisUnsafe()) {
        return Effect.succeed(Redacted.make(known.token))
      }
      return Effect.map(issue(user as Core.UserId), (made) => {
        kept.set(user, made)
        return Redacted.make(made.token)
      })
    })
})

const headers = {}

/** The use cases that a trace names, each as a request; what the system does stays a call. */
const layerCommands = (baseUrl: string) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const users = yield* Users
      const tasks = yield* Tasks
      const tokenOf = yield* makeTokens
      let acting = ""
      // A replay does one thing after the other.
      const token = Effect.suspend(() => tokenOf(acting))
      const context = yield* Layer.build(Client.layer({ baseUrl, token, retries: 0 }))
      const client = Context.get(context, Client)
      const as = (actor: Extract<Actor.Actor, { readonly _tag: "User" }>) => {
        acting = actor.id
        return client
      }
      return Context.make(Users, {
        ...users,
        create: (actor, input) =>
          isUser(actor)
            ? answered(
                Effect.map(
                  as(actor).users.createMany({ headers, payload: { users: input as never } }),
                  ({ data }) => data
                )
              )
            : users.create(actor, input),
        update: (actor, { id, ...payload }, options) =>
          isUser(actor)
            ? answered(
                Effect.map(
                  as(actor).users.update({ params: { id: id as never }, headers, payload: payload as never }),
                  ({ body }) => body
                )
              )
            : users.update(actor, { ...payload, id }, options)
      } satisfies Users["Service"]).pipe(
        Context.add(Tasks, {
          ...tasks,
          create: (actor, input) =>
            isUser(actor)
              ? answered(
                  Effect.map(
                    as(actor).tasks.createMany({ headers, payload: { tasks: input as never } }),
                    ({ data }) => data
                  )
                )
              : tasks.create(actor, input),
          complete: (actor, id) =>
            isUser(actor)
              ? answered(
                  Effect.map(as(actor).tasks.complete({ params: { id: id as never }, headers }), ({ body }) => body)
                )
              : tasks.complete(actor, id),
          shuffle: (actor) => (isUser(actor) ? answered(as(actor).tasks.shuffle({ headers })) : tasks.shuffle(actor))
        } satisfies Tasks["Service"])
      )
    })
  )

const routes = PopugHttp.layer({
  limits: { perUser: null, perAddress: null },
  metrics: null,
  // Time is the trace's.
  timeLimit: null,
  feed: { pollInterval: null }
})

/** The way by which a replay's commands come in over HTTP. */
export const door: Replay.Door = Layer.unwrap(
  Effect.map(HttpServer.HttpServer, ({ address }) => layerCommands(HttpServer.formatAddress(address)))
).pipe(
  Layer.provide(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
  Layer.provide(NodeHttpServer.layer(() => NodeServer.make().server, { host: "127.0.0.1", port: 0 })),
  // It warns of itself, as it should elsewhere.
  Layer.provide(DevLogin.layer.pipe(Layer.provide(Layer.succeed(References.MinimumLogLevel, "Error")))),
  Layer.provide([Drain.layer, Bell.layer]),
  Layer.orDie
)
