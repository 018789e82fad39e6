/**
 * What every answer must be, whatever was asked: one of its endpoint's own by the contract, or a problem that any
 * endpoint can have; with its headers, and without a word about how the server is made.
 */
import { violations, type Endpoint } from "./contract.ts"
import type { WireAnswer } from "./wire.ts"

/** Statuses of problems that their endpoints don't name, since any request can meet them. */
const generic = new Set([400, 404, 405, 408, 411, 413, 414, 415, 417, 431])

/** Those that Node answers with before there is a request: without an id of it. */
const beforeRequests = new Set([400, 408, 413, 417, 431])

/** What a stack trace, a path of this machine or a query would look like. */
const leaks = [
  /\n\s+at /u,
  /node_modules/u,
  /\.[cm]?[jt]s:\d+/u,
  /\/work\//u,
  /file:\/\//u,
  /\bSELECT\b.*\bFROM\b/u,
  /\bINSERT INTO\b/u,
  /\b(Type|Range|Syntax|Reference)Error\b/u,
  /\[object /u
]

/** A refusal repeats what was wrong, not all that was sent. */
const longestProblem = 20_000

const decoder = new TextDecoder("utf-8", { fatal: true })

/** What is wrong with an answer; nothing if it is as it must be. `method` is what was really asked with. */
export const faults = (endpoint: Endpoint | undefined, method: string, answer: WireAnswer): ReadonlyArray<string> => {
  const { body, headers, status } = answer
  const found: Array<string> = []
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what)
  }
  must(status < 500, `status ${status}`)
  const type = headers["content-type"]
  const fromNode = beforeRequests.has(status) && headers["x-request-id"] === undefined && answer.last
  if (!fromNode) {
    must(/^[A-Za-z0-9._:=+/-]{1,128}$/u.test(headers["x-request-id"] ?? ""), "x-request-id")
    must(headers["cache-control"]?.startsWith("no-") === true, "cache-control")
    must(headers["content-security-policy"] !== undefined, "content-security-policy")
  }
  must(headers["x-content-type-options"] === "nosniff", "x-content-type-options")
  if (status === 401) must(headers["www-authenticate"]?.startsWith("Bearer") === true, "www-authenticate")
  if (status === 405) must((headers["allow"] ?? "") !== "", "allow")
  if (status === 429 || status === 503) must(/^\d+$/u.test(headers["retry-after"] ?? ""), "retry-after")
  if (method === "HEAD") return found

  // The front page leads to the documents.
  if (status === 302 && headers["location"] === "/docs") return found
  const documented = endpoint?.responses[String(status)]
  const content = documented?.content
  if (documented !== undefined) {
    for (const [name, { required }] of Object.entries(documented.headers ?? {})) {
      if (required === true) must(headers[name] !== undefined, `header ${name}`)
    }
  }
  if (documented !== undefined && content === undefined) {
    must(body.length === 0, "a body where there is none")
    must(type === undefined, "a content-type without a body")
    if (status === 304) must(headers["etag"] !== undefined, "304 without etag")
    return found
  }
  if (type === "application/problem+json") {
    found.push(...problemFaults(answer))
    const value = parsed(body)
    const blank = (value as { readonly type?: string } | undefined)?.type === "about:blank"
    if (blank || documented === undefined) {
      must(blank && generic.has(status), `status ${status} is not in the contract`)
      return found
    }
    found.push(...violations(content!["application/problem+json"]?.schema ?? { enum: [] }, value))
    return found
  }
  if (content === undefined || type === undefined || content[type] === undefined) {
    found.push(`status ${status} with ${type} is not in the contract`)
    return found
  }
  if (type === "application/json") {
    const value = parsed(body)
    must(value !== undefined, "the body is not JSON")
    found.push(...violations(content[type].schema, value))
  } else if (type === "text/event-stream") {
    must(
      /^([0-9a-f]+\r\n)?id: \d+(\.[0-9a-f]{12})?\nevent: (event|heartbeat|reassigned)\n/u.test(body.toString()),
      "not an event of the feed"
    )
  } else must(wellFormed(body), "the text is not UTF-8")
  return found
}

const problemFaults = ({ body, status }: WireAnswer): ReadonlyArray<string> => {
  const found: Array<string> = []
  const text = body.toString()
  const problem = parsed(body) as Readonly<Record<string, unknown>> | undefined
  if (typeof problem !== "object" || problem === null) return ["the problem is not an object of JSON"]
  if (problem["status"] !== status) found.push(`the problem says status ${String(problem["status"])}`)
  if (typeof problem["title"] !== "string" || problem["title"] === "") found.push("a problem without title")
  if (typeof problem["type"] !== "string") found.push("a problem without type")
  if (body.length > longestProblem) found.push(`a problem of ${body.length} bytes`)
  for (const leak of leaks) if (leak.test(text)) found.push(`the problem says ${leak.exec(text)?.[0]}`)
  return found
}

const wellFormed = (body: Buffer): boolean => {
  try {
    decoder.decode(body)
    return true
  } catch {
    return false
  }
}

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(decoder.decode(body))
  } catch {
    return undefined
  }
}
