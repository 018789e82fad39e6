/**
 * What answers have in common, documented once: headers, and the problems that any request can meet.
 */
import { isObject, type JsonObject } from "./Json.ts"

/** An error that its status says all about. */
export const Problem: JsonObject = {
  description: "A problem of RFC 9457 that its status says all about.",
  type: "object",
  properties: {
    type: { type: "string", enum: ["about:blank"] },
    status: { type: "integer" },
    title: { type: "string", description: "The phrase of the status" },
    detail: { type: "string" },
    instance: { type: "string", description: "The path that was asked for" },
    requestId: { type: "string", description: "What the log knows the request by" }
  },
  required: ["type", "status", "title"],
  examples: [
    {
      type: "about:blank",
      status: 413,
      title: "Content Too Large",
      detail: "The request's body is too large",
      instance: "/v1/tasks/batch"
    }
  ]
}

const text = (description: string, example: string): JsonObject => ({
  description,
  schema: { type: "string" },
  example
})

export const headers: JsonObject = {
  Allow: text("The methods that the path takes", "GET, HEAD, POST"),
  RequestId: text("What the log knows the request by; the caller's own `X-Request-Id` if it sent one", "1h0r7c4-2a"),
  RetryAfter: { description: "Seconds to wait", schema: { type: "integer", minimum: 1 }, example: 1 },
  WwwAuthenticate: text("How to authenticate (RFC 6750), and what was wrong", 'Bearer realm="popug"')
}

const header = (name: string): JsonObject => ({ $ref: `#/components/headers/${name}` })
const withRequestId = { "x-request-id": header("RequestId") }

const refusal = (description: string, more: JsonObject = {}): JsonObject => ({
  description,
  headers: { ...withRequestId, ...more },
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } }
})

/** The refusals that no endpoint makes by itself. */
export const responses: JsonObject = {
  ContentTooLarge: refusal("The body is larger than the server takes: 1 MiB unless it is configured otherwise"),
  UnsupportedMediaType: refusal("The body is not `application/json`"),
  InternalServerError: refusal("Something went wrong in the server: its log has it under the request id"),
  Other: refusal(
    "What the server refuses before an endpoint is asked: 404 nothing is at this path, 405 not with this method, " +
      "408 the request did not arrive in time, 417 an `Expect` that it can't meet, 431 header fields too large, " +
      "505 another version of HTTP",
    { allow: header("Allow") }
  )
}

const reference = (name: string): JsonObject => ({ $ref: `#/components/responses/${name}` })

/** Those that an operation can meet: only what has a body can have one too large. */
export const shared = (hasBody: boolean): JsonObject => ({
  ...(hasBody ? { "413": reference("ContentTooLarge"), "415": reference("UnsupportedMediaType") } : {}),
  "500": reference("InternalServerError"),
  default: reference("Other")
})

/** What each status is called where an endpoint has no word of its own. */
const phrases: Readonly<Record<string, string>> = {
  "200": "As asked",
  "201": "Made",
  "204": "Done",
  "304": "The caller has it already"
}

const described: Readonly<Record<string, JsonObject>> = {
  "content-disposition": { description: "The name to save the file under" },
  etag: {
    description: "The entity tag, for `If-Match` and `If-None-Match`",
    example: '"9f86d081884c7d659a2feaa0c55ad015"'
  },
  location: { description: "Where it is", example: "/v1/tasks/019ab5c4-9e22-7b1a-8c40-6f1d2a3b4c5d" },
  "cache-control": { description: "Nothing on the way keeps it" }
}

/** An answer's media types; what is not JSON is text, whose type says what is in it. */
const contentOf = (content: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(content).map(([type, media]) => {
      const { "x-effect-stream": streamed, ...rest } = media as JsonObject
      return [type, streamed === undefined ? rest : texts[type]!]
    })
  )

const texts: Readonly<Record<string, JsonObject>> = {
  "text/csv; charset=utf-8": {
    schema: { type: "string", description: "A table (RFC 4180) whose first line names the columns" }
  },
  "text/plain; charset=utf-8": { schema: { type: "string", description: "A journal in hledger's format" } },
  "text/event-stream": {
    schema: {
      type: "string",
      description:
        "Messages of three kinds. `event: event` has a `CloudEvent` as JSON in `data`, and its number as `id`. " +
        "`event: heartbeat` is a sign of life; its `id` and `data` are the number up to which the caller is. " +
        "`event: reassigned`, with the same, says that tasks went from somebody to somebody else: from the caller, maybe."
    },
    example: 'id: 17\nevent: event\ndata: {"specversion":"1.0","id":"tasks-17","number":17}\n\n'
  }
}

const headersOf = (status: string, response: JsonObject): JsonObject => ({
  ...withRequestId,
  ...(status === "304" ? { etag: { ...described["etag"], schema: { type: "string" } } } : {}),
  ...(status === "401" ? { "www-authenticate": header("WwwAuthenticate") } : {}),
  ...(status === "429" || status === "503" || JSON.stringify(response).includes("/CommandInFlight")
    ? { "retry-after": header("RetryAfter") }
    : {}),
  ...Object.fromEntries(
    Object.entries((response["headers"] ?? {}) as JsonObject).map(([name, value]) => [
      name,
      { ...(value as JsonObject), ...described[name] }
    ])
  )
})

/** An answer of an endpoint, with all its headers. */
export const polish = (status: string, response: JsonObject): JsonObject => {
  const description = Number(status) < 400 ? phrases[status]! : String(response["description"]).replaceAll(" | ", "; ")
  return {
    description,
    headers: headersOf(status, response),
    ...(isObject(response["content"]) ? { content: contentOf(response["content"]) } : {})
  }
}
