/**
 * Events, health and what surrounds them over a company in memory, behind a socket: the server as it is deployed, with
 * a token that is the user's id.
 */
import * as Http from "node:http"
import * as Net from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Actor, Company, Consumers, Ids, Notifier, PollInterval, Popug, Tasks, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { Api } from "../../src/api/Api.ts"
import { Events } from "../../src/api/Events.ts"
import {
  Authorization,
  CommandKey,
  CurrentActor,
  Idempotency,
  RateLimit,
  Validation
} from "../../src/api/middleware.ts"
import * as Problem from "../../src/api/Problem.ts"
import { System } from "../../src/api/System.ts"
import { Tasks as TasksGroup } from "../../src/api/Tasks.ts"
import { Bell } from "../../src/bell/Bell.ts"
import * as Contract from "../../src/server/contract/Contract.ts"
import { Feed, type FeedOptions } from "../../src/server/feed/Feed.ts"
import { Hub, type HubOptions } from "../../src/server/feed/Hub.ts"
import * as ValidationLayer from "../../src/server/guard/Validation.ts"
import * as EventsHandlers from "../../src/server/handlers/EventsHandlers.ts"
import * as SystemHandlers from "../../src/server/handlers/SystemHandlers.ts"
import * as TasksHandlers from "../../src/server/handlers/TasksHandlers.ts"
import * as CommandMetrics from "../../src/server/metrics/CommandMetrics.ts"
import { Gauges } from "../../src/server/metrics/Gauges.ts"
import * as MetricsRoute from "../../src/server/metrics/MetricsRoute.ts"
import { Drain, type DrainOptions } from "../../src/server/platform/Drain.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"
import * as Platform from "../../src/server/platform/Platform.ts"
import * as Outages from "../../src/server/wire/Outages.ts"

/** The parts of the contract that these tests are about. */
export class Part extends HttpApi.make("popug")
  .add(Events)
  .add(System)
  .add(TasksGroup)
  .middleware(Validation)
  .annotateMerge(Api.annotations) {}

const middleware = Layer.mergeAll(
  Layer.succeed(Authorization, {
    bearer: (effect, { credential }) => {
      const id = Redacted.value(credential)
      return id === ""
        ? Effect.fail(new Problem.Unauthenticated({ detail: "no token" }))
        : Effect.provideService(effect, CurrentActor, Actor.user(id))
    }
  }),
  Layer.succeed(Idempotency, (effect) => Effect.provideService(effect, CommandKey, {})),
  Layer.succeed(RateLimit, (effect) => effect),
  ValidationLayer.layer
)

export interface Options {
  readonly feed?: FeedOptions & HubOptions
  readonly platform?: Omit<Platform.PlatformOptions<never, never>, "api">
  readonly server?: NodeServer.ServerOptions
  readonly drain?: Omit<DrainOptions, "server">
  readonly ports?: typeof Memory.layer
  /** Other routes. */
  readonly routes?: Layer.Layer<
    never,
    never,
    HttpRouter.HttpRouter | Layer.Success<typeof NodeHttpServer.layerHttpServices>
  >
}

const staff = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* (yield* Users).create(Actor.system, [
      { id: "ann", name: "Ann", roles: ["admin"] },
      { id: "max", name: "Max", roles: ["manager"] },
      { id: "olga", name: "Olga", roles: ["worker"] },
      { id: "will", name: "Will", roles: ["worker"] }
    ])
    yield* (yield* Consumers).settle
  })
)

/** The company alone, as another process has it. */
export const company = <R>(ports: Layer.Layer<Layer.Success<typeof Memory.layer>, never, R>) =>
  Popug.layer.pipe(
    Layer.provideMerge(ports),
    Layer.provideMerge(Company.layer({ secret: "tests" })),
    Layer.provideMerge(Ids.layer),
    Layer.provide([Notifier.layerLog, Layer.succeed(PollInterval, null)])
  )

/** A company with its staff, four events of users old, behind a free port. */
export const layer = (options: Options = {}) => {
  const node = NodeServer.make(options.server)
  const ports = options.ports ?? Memory.layer
  const routes = Layer.mergeAll(
    Contract.layer(Part, { kept: [Outages.Outages] }).pipe(
      Layer.provide([EventsHandlers.layer, SystemHandlers.layer, TasksHandlers.layer]),
      Layer.provide([
        middleware,
        Feed.layer(options.feed).pipe(Layer.provide(Hub.layer(options.feed))),
        CommandMetrics.layer
      ]),
      Layer.provide(Outages.layer())
    ),
    MetricsRoute.layer().pipe(Layer.provide(Gauges.layer({ maxAge: 0 }))),
    Platform.layer({ ...options.platform, api: Part, pages: ["/metrics"] }),
    options.routes ?? Layer.empty
  )
  return Drain.onShutdown({ ...options.drain, server: node }).pipe(
    Layer.provideMerge(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provideMerge(NodeHttpServer.layer(() => node.server, { port: 0, host: "127.0.0.1" })),
    Layer.provideMerge(staff),
    Layer.provideMerge(company(Layer.provideMerge(Bell.layerBus, ports))),
    Layer.provideMerge(Layer.mergeAll(Drain.layer, Bell.layer)),
    // What other tests count stays out.
    Layer.provideMerge(Layer.succeed(Metric.MetricRegistry, new Map()))
  )
}

export const address = HttpServer.addressFormattedWith((url) => Effect.succeed(url))

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
type Json = any

/** Asks as a user, or without a token. */
export const call = Effect.fnUntraced(function* (as: string | null, path: string, init: RequestInit = {}) {
  const url = `${yield* address}${path}`
  return yield* Effect.promise(async () => {
    const headers = { ...(as === null ? {} : { authorization: `Bearer ${as}` }), ...(init.headers as object) }
    const response = await fetch(url, { ...init, headers })
    const text = await response.text()
    const isJson = /json/u.test(response.headers.get("content-type") ?? "")
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text,
      body: (isJson && text !== "" ? JSON.parse(text) : undefined) as Json
    }
  })
})

/** Sends bytes as they are, and returns all that comes back until the server closes the connection. */
export const raw = Effect.fnUntraced(function* (bytes: string, whole = true) {
  const { port } = (yield* HttpServer.HttpServer).address as { readonly port: number }
  return yield* Effect.callback<string>((resume) => {
    const socket = Net.connect(port, "127.0.0.1", () => (whole ? socket.end(bytes) : socket.write(bytes)))
    let text = ""
    socket.on("data", (chunk) => void (text += chunk.toString()))
    socket.on("error", () => undefined)
    socket.on("close", () => resume(Effect.succeed(text)))
    return Effect.sync(() => void socket.destroy())
  })
})

/** A message of the feed as it came over the wire. */
export interface Message {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** An open stream: messages one by one, null at the end. */
export interface Listening {
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  readonly next: Effect.Effect<Message | null>
  /** The next event, past signs of life. */
  readonly event: Effect.Effect<Message | null>
  /** So many events, or fewer at the end. */
  readonly take: (count: number) => Effect.Effect<ReadonlyArray<Message>>
  readonly close: Effect.Effect<void>
  /** Stops reading from the socket, and goes on. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
}

/** Listens to the feed until the scope closes. */
export const listen = Effect.fnUntraced(function* (
  as: string,
  query: string,
  headers: Readonly<Record<string, string>> = {}
) {
  const url = `${yield* address}/v1/events/feed?${query}`
  const response = yield* Effect.acquireRelease(
    Effect.callback<Http.IncomingMessage>((resume) => {
      const request = Http.get(
        url,
        { agent: false, headers: { authorization: `Bearer ${as}`, ...headers } },
        (incoming) => resume(Effect.succeed(incoming))
      )
      request.on("error", (error) => resume(Effect.die(error)))
    }),
    (incoming) => Effect.sync(() => void incoming.destroy())
  )
  const lines = messages(response)
  const next = Effect.promise(async () => {
    const { done, value } = await lines.next()
    return done === true ? null : value
  })
  const event: Effect.Effect<Message | null> = Effect.flatMap(next, (message) =>
    message?.event === "heartbeat" ? event : Effect.succeed(message)
  )
  return {
    status: response.statusCode!,
    headers: response.headers,
    next,
    event,
    take: Effect.fnUntraced(function* (count: number) {
      const taken: Array<Message> = []
      while (taken.length < count) {
        const message = yield* event
        if (message === null) break
        taken.push(message)
      }
      return taken
    }),
    close: Effect.sync(() => void response.destroy()),
    pause: Effect.sync(() => void response.socket.pause()),
    resume: Effect.sync(() => void response.socket.resume())
  } satisfies Listening
})

async function* messages(response: Http.IncomingMessage): AsyncGenerator<Message> {
  let rest = ""
  try {
    for await (const chunk of response) {
      const parts = (rest + String(chunk)).split("\n\n")
      rest = parts.pop()!
      for (const part of parts) {
        const fields = Object.fromEntries(part.split("\n").map((line) => line.split(/: (.*)/su).slice(0, 2)))
        yield fields as Message
      }
    }
  } catch {
    // The connection was cut.
  }
}

let made = 0

/** Creates tasks, each with an event of its own; returns their ids. */
export const write = Effect.fnUntraced(function* (count: number) {
  const ids = Array.from({ length: count }, () => `t${(made += 1)}`)
  yield* (yield* Tasks).create(
    Actor.system,
    ids.map((id) => ({ id, title: `task ${id}` }))
  )
  return ids
})
