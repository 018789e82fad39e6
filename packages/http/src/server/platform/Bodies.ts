/**
 * Bodies as they come: what is not UTF-8 or was compressed is refused. Read all the same, its text would be kept with
 * question marks where somebody wrote something else.
 */
import * as Effect from "effect/Effect"
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

const decoder = new TextDecoder("utf-8", { fatal: true })

/** Has the text of a body that is no UTF-8 fail (400): by itself it would get U+FFFD for what can't be read. */
export const beUtf8 = (request: Request): void => {
  const text = Effect.flatMap(
    Effect.suspend(() => request.arrayBuffer),
    (bytes) =>
      Effect.try({
        try: () => decoder.decode(bytes),
        catch: (cause) =>
          new HttpServerError.HttpServerError({
            reason: new HttpServerError.RequestParseError({ request, description: "The body is not UTF-8", cause })
          })
      })
  )
  Object.defineProperty(request, "text", { value: text })
}
