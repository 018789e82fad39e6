/**
 * popug's HttpApi server: its contract, and handlers as bare as those of the others; the variant `platform` has what
 * surrounds every request besides.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Api, Problem } from "@popug/http/api"
import { Contract, Drain, NodeServer, Platform } from "@popug/http/server"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { type Draft, etagOf, makeStore, usualLimit } from "../tasks.ts"
import { bare } from "./contract.ts"
import { host, type Start } from "./server.ts"

const store = makeStore()
const { create, get, list } = Api.groups.tasks.endpoints
const api = HttpApi.make("popug")
  .add(HttpApiGroup.make("tasks").add(bare(list), bare(get), bare(create)))
  .annotateMerge(Api.annotations)

const tasks = HttpApiBuilder.group(api, "tasks", (handlers) =>
  handlers.handleAll({
    list: ({ query }) => Effect.succeed(store.list(query.limit ?? usualLimit) as never),
    get: ({ headers, params }) => {
      const task = store.get(params.id)
      if (task === undefined) {
        return new Problem.TaskNotFound({ id: params.id, detail: `no task has the id ${params.id}` })
      }
      const etag = etagOf(task)
      return headers["if-none-match"] === etag
        ? Effect.succeed(undefined)
        : Effect.succeed(HttpApiSchema.withHeaders({ body: task as never, headers: { etag } }))
    },
    create: ({ payload }) => {
      const body = store.create(payload as Draft)
      return Effect.succeed(
        HttpApiSchema.withHeaders({
          body: body as never,
          headers: { etag: etagOf(body), location: `/v1/tasks/${body.id}` }
        })
      )
    }
  })
)

/** What surrounds every request of a deployment; nothing unless the variant asks for it. */
const around = (variant: string) =>
  variant === "platform" ? Platform.layer({ api, compression: false }).pipe(Layer.provide(Drain.layer)) : Layer.empty

const server = (variant: string) =>
  HttpRouter.serve(Layer.merge(Contract.layer(api).pipe(Layer.provide(tasks)), around(variant)), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(Layer.provideMerge(NodeHttpServer.layer(() => NodeServer.make().server, { port: 0, host })))

export const start: Start = async (variant) => {
  const runtime = ManagedRuntime.make(server(variant))
  const { address } = await runtime.runPromise(HttpServer.HttpServer)
  if (!("port" in address)) throw new Error("not listening on a port")
  return { port: address.port }
}
