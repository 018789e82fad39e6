/**
 * Documents that are the same for everybody for as long as the server runs: made once, packed once, and not sent again
 * to those who have them.
 */
import * as Zlib from "node:zlib"
import { Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { Limits } from "../guard/RateLimit.ts"
import { ofStatus } from "../wire/ProblemResponse.ts"

type Response = HttpServerResponse.HttpServerResponse

interface Kept {
  readonly contentType: string
  readonly etag: string
  readonly plain: Uint8Array
  readonly gzip: Uint8Array
}

/** Reads a response once and for all; packing does not hold up other requests. */
const keep = Effect.fnUntraced(function* (response: Response) {
  const { sha256 } = yield* Digest.Digest
  const { body } = response
  if (body._tag !== "Uint8Array") return yield* Effect.die("a document is a text that is known at once")
  const plain = body.body
  const gzip = yield* Effect.callback<Uint8Array>((resume) =>
    Zlib.gzip(plain, { level: 9 }, (error, packed) =>
      resume(error === null ? Effect.succeed(new Uint8Array(packed)) : Effect.die(error))
    )
  )
  // Weak: the same for the document as it is and packed.
  const etag = `W/"${sha256(new TextDecoder().decode(plain)).slice(0, 32)}"`
  return { contentType: body.contentType, etag, plain, gzip } satisfies Kept
})

const answer = (
  { contentType, etag, gzip, plain }: Kept,
  { headers }: HttpServerRequest.HttpServerRequest
): Response => {
  // Whoever has it asks each time whether it still is what the server has, and gets next to nothing if so.
  const common = { etag, "cache-control": "no-cache", vary: "accept-encoding" }
  const known = (headers["if-none-match"] ?? "").split(",").some((tag) => tag.trim() === etag || tag.trim() === "*")
  if (known) return HttpServerResponse.empty({ status: 304, headers: common })
  const packed = takesGzip(headers["accept-encoding"] ?? "")
  return HttpServerResponse.setBody(
    HttpServerResponse.empty({
      status: 200,
      headers: packed ? { ...common, "content-encoding": "gzip" } : common
    }),
    HttpBody.uint8Array(packed ? gzip : plain, contentType)
  )
}

/** Whether an `Accept-Encoding` names gzip without refusing it. */
const takesGzip = (header: string): boolean =>
  header.split(",").some((coding) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+)?\s*$/iu.test(coding))

const tooMany = ofStatus(429, { type: "urn:popug:problem:too-many-requests", detail: "come back in a moment" })

/** Serves what routes answer to anybody in this way, within the limit of requests of an address. */
export const kept = <E, R>(
  routes: Layer.Layer<never, E, R>
): Layer.Layer<never, E, Exclude<R, HttpRouter.HttpRouter> | HttpRouter.HttpRouter | Digest.Digest | Limits> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const router = yield* HttpRouter.HttpRouter
      const digest = yield* Effect.context<Digest.Digest>()
      const { ofAddress } = yield* Limits
      const add = (method: "GET", path: `/${string}`, made: Response | Effect.Effect<Response>) =>
        Effect.flatMap(
          Effect.cached(
            Effect.flatMap(HttpServerResponse.isHttpServerResponse(made) ? Effect.succeed(made) : made, keep).pipe(
              Effect.provideContext(digest)
            )
          ),
          (document) =>
            router.add(
              method,
              path,
              Effect.matchEffect(ofAddress, {
                onFailure: () => Effect.succeed(tooMany),
                onSuccess: () =>
                  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
                    Effect.map(document, (document) => answer(document, request))
                  )
              })
            )
        )
      return Layer.provide(routes, Layer.succeed(HttpRouter.HttpRouter, { ...router, add } as typeof router))
    })
  ) as never
