/**
 * Programs with routes of their own that serve popug under `/popug`, as the guide for plain Node has them: each with a
 * parser of bodies for its own routes.
 */
import type * as Http from "node:http"
import express from "express"
import fastify, { type RouteHandlerMethod } from "fastify"
import { withoutPrefix } from "../../src/server/wire/Prefix.ts"

export const prefix = "/popug"

export type Handler = (request: Http.IncomingMessage, response: Http.ServerResponse) => void

type Host = (server: Http.Server, popug: Handler) => Promise<void>

const withNode: Host = async (server, popug) => {
  server.on("request", (request, response) => {
    const target = withoutPrefix(prefix, request.url!)
    if (target !== undefined) {
      request.url = target
      return popug(request, response)
    }
    let text = ""
    request.on("data", (chunk) => (text += chunk))
    request.on("end", () => response.end(text === "" ? "own" : JSON.parse(text).own))
  })
}

const withExpress: Host = async (server, popug) => {
  const app = express()
  app.use(prefix, popug)
  app.use(express.json())
  app.get("/own", (_, response) => void response.send("own"))
  app.post("/own", (request, response) => void response.send(request.body.own))
  server.on("request", app)
}

const withFastify: Host = async (server, popug) => {
  const app = fastify({ serverFactory: (handler) => server.on("request", handler) })
  app.get("/own", async () => "own")
  app.post("/own", (request, reply) => void reply.send((request.body as { readonly own: string }).own))
  app.register(
    async (below) => {
      below.removeAllContentTypeParsers()
      below.addContentTypeParser("*", (_request, _body, done) => done(null))
      const handle: RouteHandlerMethod = (request, reply) => {
        reply.hijack()
        request.raw.url = withoutPrefix(prefix, request.raw.url!)!
        popug(request.raw, reply.raw)
      }
      below.all("/", handle)
      below.all("/*", handle)
    },
    { prefix }
  )
  await app.ready()
}

export const hosts: Readonly<Record<string, Host>> = {
  "node:http": withNode,
  Express: withExpress,
  Fastify: withFastify
}
