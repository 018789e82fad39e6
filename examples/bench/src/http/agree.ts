/**
 * Sees to it that the servers compared do the same: the same statuses, and the same JSON where something was done.
 */
import { isDeepStrictEqual } from "node:util"
import type { Remote } from "./remote.ts"
import { host } from "./servers/server.ts"
import { draft, held, idOf } from "./tasks.ts"

type Probe = readonly [status: number, method: "GET" | "POST", path: string, body?: unknown]

const post = (status: number, body: unknown): Probe => [status, "POST", "/v1/tasks", body]
const probes: ReadonlyArray<Probe> = [
  [200, "GET", `/v1/tasks/${idOf(held - 1)}`],
  [404, "GET", "/v1/tasks/nobody"],
  [400, "GET", "/v1/tasks/%20"],
  [200, "GET", "/v1/tasks?limit=50"],
  [400, "GET", "/v1/tasks?limit=101"],
  post(201, draft(1)),
  post(201, { title: "Cafe\u0301", jiraId: null }),
  post(201, { title: "🦜".repeat(500), id: "given" }),
  post(400, { title: "🦜".repeat(501) }),
  post(400, { title: "[KEY-1] in brackets" }),
  post(400, { title: " \u200b" }),
  post(400, { title: "two\nlines" }),
  post(400, { title: 5 }),
  post(400, { title: "ok", description: "\u0000" }),
  post(400, { title: "ok", jiraId: "no key" }),
  post(400, { title: "ok", color: "green" }),
  post(400, {}),
  post(400, [])
]

const ask = async ({ headers, port }: Remote, [, method, path, body]: Probe) => {
  const json = body === undefined ? {} : { body: JSON.stringify(body) }
  const type = body === undefined ? {} : { "content-type": "application/json" }
  const response = await fetch(`http://${host}:${port}${path}`, { method, headers: { ...headers, ...type }, ...json })
  const text = await response.text()
  return {
    status: response.status,
    answer: response.ok
      ? { body: JSON.parse(text), etag: response.headers.get("etag"), location: response.headers.get("location") }
      : null
  }
}

/** Fails when one of them answers another way than the first. */
export const agree = async (servers: ReadonlyArray<Remote>): Promise<void> => {
  for (const probe of probes) {
    const answers = await Promise.all(servers.map((server) => ask(server, probe)))
    for (const [index, { answer, status }] of answers.entries()) {
      if (status === probe[0] && isDeepStrictEqual(answer?.body, answers[0]!.answer?.body)) continue
      throw new Error(
        `${servers[index]!.name} answers ${JSON.stringify(probe)} with ${status} ${JSON.stringify(answer)}`
      )
    }
  }
}
