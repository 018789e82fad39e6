/**
 * Bare node:http with checks written by hand: as little as can be done.
 */
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as Rules from "../Rules.ts"
import { type Draft, etagOf, makeStore, usualLimit } from "../tasks.ts"
import { host, type Start } from "./server.ts"

const store = makeStore()
const largest = 1_048_576

const send = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}) => {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers
  })
  response.end(body)
}

const refuse = (response: ServerResponse, status: number, detail: string) => send(response, status, { status, detail })

const known = new Set(["id", "title", "description", "jiraId"])

/** The new task, or what is wrong with it. */
const check = (body: unknown): Draft | string => {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "an object is expected"
  for (const key in body) if (!known.has(key)) return `${key} is not known`
  const { description, id, jiraId, title } = body as Record<string, unknown>
  if (id !== undefined && (typeof id !== "string" || !Rules.id.test(id))) return "id"
  if (typeof title !== "string") return "title"
  const named = title.normalize("NFC")
  if (
    !named.isWellFormed() ||
    !Rules.notBlank.test(named) ||
    !Rules.noControls.test(named) ||
    Rules.bracketedKey.test(named) ||
    !Rules.atMost(named, Rules.longestTitle)
  ) {
    return "title"
  }
  let text: string | undefined
  if (description !== undefined) {
    if (typeof description !== "string") return "description"
    text = description.normalize("NFC")
    if (
      !text.isWellFormed() ||
      !Rules.noControlsButBreaks.test(text) ||
      !Rules.atMost(text, Rules.longestDescription)
    ) {
      return "description"
    }
  }
  if (jiraId !== undefined && jiraId !== null && (typeof jiraId !== "string" || !Rules.jiraId.test(jiraId))) {
    return "jiraId"
  }
  return { id, title: named, description: text, jiraId }
}

const create = (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Array<Buffer> = []
  let size = 0
  request.on("data", (chunk: Buffer) => {
    size += chunk.length
    if (size > largest) request.destroy()
    else chunks.push(chunk)
  })
  request.on("end", () => {
    let body: unknown
    try {
      body = JSON.parse(Buffer.concat(chunks).toString("utf8"))
    } catch {
      return refuse(response, 400, "this is not JSON")
    }
    const draft = check(body)
    if (typeof draft === "string") return refuse(response, 400, draft)
    const task = store.create(draft)
    send(response, 201, task, { etag: etagOf(task), location: `/v1/tasks/${task.id}` })
  })
}

const get = (id: string, request: IncomingMessage, response: ServerResponse) => {
  if (!Rules.id.test(id)) return refuse(response, 400, "id")
  const task = store.get(id)
  if (task === undefined) return refuse(response, 404, `no task has the id ${id}`)
  const etag = etagOf(task)
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, { etag })
    return response.end()
  }
  send(response, 200, task, { etag })
}

const list = (query: string, response: ServerResponse) => {
  const limit = new URLSearchParams(query).get("limit")
  if (limit !== null && !Rules.limit.test(limit)) return refuse(response, 400, "limit")
  send(response, 200, store.list(limit === null ? usualLimit : Number(limit)))
}

const base = "/v1/tasks"

export const start: Start = async () => {
  const server = createServer((request, response) => {
    const url = request.url!
    const mark = url.indexOf("?")
    const path = mark === -1 ? url : url.slice(0, mark)
    if (request.method === "POST" && path === base) return create(request, response)
    if (request.method !== "GET" || !path.startsWith(base)) return refuse(response, 404, "no such page")
    if (path === base) return list(mark === -1 ? "" : url.slice(mark + 1), response)
    get(decodeURIComponent(path.slice(base.length + 1)), request, response)
  })
  server.listen(0, host)
  await once(server, "listening")
  return { port: (server.address() as AddressInfo).port }
}
