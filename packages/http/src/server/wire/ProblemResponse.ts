/**
 * Problems (RFC 9457) that no part of the contract makes: what the router, the parser and the server itself refuse.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as ProblemDetails from "effect/http/ProblemDetails"

/** The phrases of RFC 9110, which `about:blank` problems are titled with. */
const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported"
}

/** What to say about a status besides its title. */
const details: Readonly<Record<number, string>> = {
  404: "Nothing is at this path",
  405: "This path is not for this method: see Allow",
  408: "The request did not arrive in time",
  413: "The request's body is too large",
  415: "The request's body is of a media type that is not taken here",
  431: "The request's header fields are too large",
  500: "Something went wrong here; the log has it under this request id"
}

export interface Extension {
  /** The contract's name of the problem; `about:blank` where its status says all. */
  readonly type?: string | undefined
  /** The contract's title of it; default: the phrase of its status. */
  readonly title?: string | undefined
  readonly detail?: string | undefined
  readonly instance?: string | undefined
  /** What the log knows the request by. */
  readonly requestId?: string | undefined
}

const members = (status: number, { detail = details[status], instance, requestId, title, type }: Extension) => ({
  type: type ?? ProblemDetails.blankType,
  status,
  title: title ?? titles[status] ?? "Error",
  ...(detail === undefined ? {} : { detail }),
  ...(instance === undefined ? {} : { instance }),
  ...(requestId === undefined ? {} : { requestId })
})

/** A problem that its status says all about. */
export const ofStatus = (status: number, extension: Extension = {}): HttpServerResponse.HttpServerResponse =>
  ProblemDetails.toResponse(members(status, extension))

/** The same as text, for answers that are written before there is a request. */
export const textOfStatus = (status: number, detail?: string): string => JSON.stringify(members(status, { detail }))

/** The phrase of a status. */
export const titleOf = (status: number): string => titles[status] ?? "Error"

/**
 * An error response as a problem: what is one already gets its `instance`, what is empty or plain text becomes one of
 * its status alone. Headers stay, but those that describe the body. Other responses, and bodies that are streams or
 * come from elsewhere, stay as they are.
 */
export const fromResponse = (
  response: HttpServerResponse.HttpServerResponse,
  extension: Extension
): HttpServerResponse.HttpServerResponse => {
  const { body, status } = response
  if (status < 400 || streamed.has(body._tag)) return response
  const problem = withInstance(response, extension) ?? ofStatus(status, extension)
  const { "content-length": _, "content-type": __, ...headers } = response.headers
  return HttpServerResponse.setHeaders(problem, headers)
}

const streamed: ReadonlySet<string> = new Set(["Stream", "Raw", "FormData"])

const withInstance = (
  { body, headers, status }: HttpServerResponse.HttpServerResponse,
  { instance }: Extension
): HttpServerResponse.HttpServerResponse | undefined => {
  if (body._tag !== "Uint8Array" || headers["content-type"]?.startsWith(ProblemDetails.contentType) !== true) {
    return undefined
  }
  const problem = JSON.parse(body.text ?? new TextDecoder().decode(body.body))
  return ProblemDetails.toResponse({ ...problem, status, instance })
}
