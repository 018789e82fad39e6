/**
 * Bodies as they come: what is not UTF-8 or was compressed is refused. Read all the same, its text would be kept with
 * question marks where somebody wrote something else.
 */
import { isUtf8 } from "node:buffer"
import { IncomingMessage } from "node:http"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpServerError from "effect/http/HttpServerError"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"

type Request = HttpServerRequest.HttpServerRequest

/** Whether a request has a body. */
export const isSent = ({ headers }: Request): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0"

/** Whether a body could be larger than that: it says so, or does not say how large it is. */
export const mayExceed = (request: Request, most: number): boolean => {
  if (request.headers["transfer-encoding"] !== undefined) return true
  const said = request.headers["content-length"]
  // A body of HTTP/2 need not say anything of itself.
  if (said === undefined) return !isFirst(request)
  return !(Number(said) <= most)
}

const isFirst = ({ source }: Request): boolean => {
  const { httpVersionMajor = 1 } = source as { readonly httpVersionMajor?: number }
  return httpVersionMajor === 1
}

/** Whether somebody has begun to read the body before: the parser of a host whose routes stand beside these. */
export const isTaken = ({ source }: Request): boolean =>
  (source as { readonly readableDidRead?: boolean }).readableDidRead === true

/** Whether the body is compressed, or says so. */
export const isPacked = ({ headers }: Request): boolean => {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? ""
  return encoding !== "" && encoding !== "identity"
}

/** Up to how many bytes a body is kept as it comes; longer ones are left to effect, which counts them. */
const short = 65_536

/**
 * The text of a body, which has to be UTF-8; what can't be read is a defect that says how it is answered. Most bodies
 * are short, say how long they are and come with their header: those are read by three listeners, a quarter of what
 * effect's reader of streams of any length takes. For it remain all others: what is waited for with `100-continue`, or
 * was read before; and the body of a request to upgrade, which Node takes for what follows the request: Node's own
 * request ends without it.
 *
 * A body that says that it is too large is refused before anybody waits for it.
 */
export const textOf = (request: Request, context: Context.Context<never>): Effect.Effect<string> => {
  const { source } = request
  if (!(source instanceof IncomingMessage) || source.readableDidRead || source.destroyed) return longText(request)
  const { "content-length": said, expect, "transfer-encoding": coding, upgrade } = source.headers
  if (said === undefined || coding !== undefined || upgrade !== undefined) return longText(request)
  const length = Number(said)
  const most = Context.get(context, HttpIncomingMessage.MaxBodySize)
  if (most !== undefined && length > Number(most)) return Effect.die(tooLarge(request))
  return length > 0 && length <= short && expect === undefined ? shortText(request, source) : longText(request)
}

const nothing = Buffer.alloc(0)

const shortText = (request: Request, source: IncomingMessage) =>
  Effect.callback<string>((resume) => {
    let first: Buffer | undefined
    let others: Array<Buffer> | undefined
    let isOver = false
    // Nobody takes the listeners off: the request ends with them.
    source.on("data", (chunk: Buffer) => {
      if (isOver) return
      if (first === undefined) first = chunk
      else (others ??= [first]).push(chunk)
    })
    source.on("end", () => {
      if (isOver) return
      isOver = true
      const bytes = others === undefined ? (first ?? nothing) : Buffer.concat(others)
      if (!isUtf8(bytes)) return resume(Effect.die(unreadable(request, notUtf8)))
      const text = bytes.toString()
      // A byte order mark is no part of the text, as a decoder has it.
      resume(Effect.succeed(text.codePointAt(0) === 0xfeff ? text.slice(1) : text))
    })
    source.on("close", () => {
      if (isOver) return
      isOver = true
      resume(Effect.die(unreadable(request, "The body was cut off")))
    })
    // The connection stays: whoever sends too slowly is told so on it.
    return Effect.sync(() => {
      isOver = true
    })
  })

const notUtf8 = "The body is not UTF-8"

const unreadable = (request: Request, description: string, cause?: unknown) =>
  new HttpServerError.HttpServerError({
    reason: new HttpServerError.RequestParseError({ request, description, ...(cause === undefined ? {} : { cause }) })
  })

const tooLarge = (request: Request) =>
  new HttpServerError.HttpServerError({
    reason: new HttpServerError.RequestParseError({ request, reason: "BodyTooLarge" })
  })

const decoder = new TextDecoder("utf-8", { fatal: true })

const longText = (request: Request): Effect.Effect<string> =>
  Effect.flatMap(Effect.orDie(request.arrayBuffer), (bytes) => {
    try {
      return Effect.succeed(decoder.decode(bytes))
    } catch (cause) {
      return Effect.die(unreadable(request, notUtf8, cause))
    }
  })
