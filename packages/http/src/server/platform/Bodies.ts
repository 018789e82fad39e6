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
 * effect's reader of streams of any length takes. For it remain all others, and what is refused: a body that is too
 * large, that is waited for with `100-continue`, or was read before.
 */
export const textOf = (request: Request, context: Context.Context<never>): Effect.Effect<string> => {
  const { source } = request
  if (!(source instanceof IncomingMessage) || source.readableDidRead || source.destroyed) return longText(request)
  const { "content-length": said, expect, "transfer-encoding": coding } = source.headers
  if (said === undefined || coding !== undefined || expect !== undefined) return longText(request)
  const length = Number(said)
  if (!(length > 0 && length <= short)) return longText(request)
  const most = Context.get(context, HttpIncomingMessage.MaxBodySize)
  return most === undefined || length <= Number(most) ? shortText(request, source) : longText(request)
}

const shortText = (request: Request, source: IncomingMessage) =>
  Effect.callback<string>((resume) => {
    let first: Buffer | undefined
    let others: Array<Buffer> | undefined
    let isOver = false
    // Nobody takes the listeners off: the request ends with them.
    source.on("data", (chunk: Buffer) => {
      if (first === undefined) first = chunk
      else (others ??= [first]).push(chunk)
    })
    source.on("end", () => {
      if (isOver) return
      isOver = true
      const bytes = others === undefined ? first! : Buffer.concat(others)
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
    return Effect.sync(() => {
      isOver = true
      source.destroy()
    })
  })

const notUtf8 = "The body is not UTF-8"

const unreadable = (request: Request, description: string, cause?: unknown) =>
  new HttpServerError.HttpServerError({
    reason: new HttpServerError.RequestParseError({ request, description, ...(cause === undefined ? {} : { cause }) })
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
