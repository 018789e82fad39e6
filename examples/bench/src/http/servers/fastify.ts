/**
 * Fastify 5 as its guide has it: ajv for requests, fast-json-stringify by schema for responses.
 */
import type { AddressInfo } from "node:net"
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify"
import * as Rules from "../Rules.ts"
import { type Draft, etagOf, makeStore, usualLimit } from "../tasks.ts"
import { host, type Start } from "./server.ts"

const store = makeStore()

const nullableText = { type: ["string", "null"] }
const text = (...patterns: ReadonlyArray<RegExp>) => ({
  type: "string",
  wellFormed: true,
  allOf: patterns.map(({ source }) => ({ pattern: source }))
})

const newTask = {
  type: "object",
  additionalProperties: false,
  required: ["title"],
  properties: {
    id: { type: "string", pattern: Rules.id.source },
    title: {
      ...text(Rules.notBlank, Rules.noControls),
      not: { pattern: Rules.bracketedKey.source },
      minLength: 1,
      maxLength: Rules.longestTitle
    },
    description: { ...text(Rules.noControlsButBreaks), maxLength: Rules.longestDescription },
    jiraId: { type: ["string", "null"], pattern: Rules.jiraId.source }
  }
}

const task = {
  type: "object",
  required: ["id", "title", "description", "jiraId", "status", "assignee", "assignment"],
  properties: {
    id: { type: "string" },
    title: { type: "string" },
    description: { type: "string" },
    jiraId: nullableText,
    status: { type: "string" },
    assignee: nullableText,
    assignment: { type: "integer" }
  }
}
const problem = {
  type: "object",
  required: ["status", "detail"],
  properties: { status: { type: "integer" }, detail: { type: "string" } }
}
const page = {
  type: "object",
  required: ["data", "hasMore", "nextCursor"],
  properties: {
    data: { type: "array", items: task },
    hasMore: { type: "boolean" },
    nextCursor: nullableText
  }
}
const params = { type: "object", required: ["id"], properties: { id: { type: "string", pattern: Rules.id.source } } }
const query = { type: "object", properties: { limit: { type: "string", pattern: Rules.limit.source } } }

const refuse = (reply: FastifyReply, status: number, detail: string) => reply.code(status).send({ status, detail })

export const start: Start = async () => {
  const app = Fastify({
    ajv: {
      // A number is no title: as the others have it.
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        allowUnionTypes: true,
        keywords: [
          { keyword: "wellFormed", type: "string", validate: (_: boolean, value: string) => value.isWellFormed() }
        ]
      }
    }
  })
  app.setErrorHandler((error: { readonly statusCode?: number; readonly message: string }, _, reply) =>
    refuse(reply, error.statusCode ?? 500, error.message)
  )
  app.get(
    "/v1/tasks/:id",
    { schema: { params, response: { 200: task, 404: problem } } },
    (request: FastifyRequest<{ Params: { id: string } }>, reply) => {
      const found = store.get(request.params.id)
      if (found === undefined) return refuse(reply, 404, `no task has the id ${request.params.id}`)
      const etag = etagOf(found)
      reply.header("etag", etag)
      return request.headers["if-none-match"] === etag ? reply.code(304).send() : reply.send(found)
    }
  )
  app.get(
    "/v1/tasks",
    { schema: { querystring: query, response: { 200: page } } },
    (request: FastifyRequest<{ Querystring: { limit?: string } }>, reply) =>
      reply.send(store.list(Number(request.query.limit ?? usualLimit)))
  )
  app.post(
    "/v1/tasks",
    { schema: { body: newTask, response: { 201: task, 400: problem } } },
    ({ body }: FastifyRequest<{ Body: Draft }>, reply) => {
      const made = store.create({
        ...body,
        title: body.title.normalize("NFC"),
        description: body.description?.normalize("NFC")
      })
      return reply.code(201).header("etag", etagOf(made)).header("location", `/v1/tasks/${made.id}`).send(made)
    }
  )
  await app.listen({ port: 0, host })
  return { port: (app.server.address() as AddressInfo).port }
}
