/**
 * Sends a request again that got no answer, or one that asks to come back: as long as it can't be done twice.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Random from "effect/Random"

export interface Options {
  /** How often a request is sent again; default: 4. */
  readonly retries?: number | undefined
  /** A request that is told to wait for longer than this gets that answer at once; default: 30 seconds. */
  readonly longestWait?: Duration.Input | undefined
}

type Response = HttpClientResponse.HttpClientResponse
type Sent = Effect.Effect<Response, HttpClientError.HttpClientError>

/** What can be sent twice: reads, and commands whose key says that they are the same. */
const isRepeatable = ({ headers, method }: HttpClientRequest.HttpClientRequest): boolean =>
  method === "GET" || method === "HEAD" || headers["idempotency-key"] !== undefined

/** The request or its answer was lost on the way. */
export const isLost = ({ reason }: HttpClientError.HttpClientError): boolean =>
  reason._tag === "TransportError" || reason._tag === "DecodeError"

const transient: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])

/** 409 with `Retry-After`: an earlier attempt arrived after all, and is still under way. */
const asksToComeBack = ({ headers, status }: Response): boolean =>
  transient.has(status) || (status === 409 && headers["retry-after"] !== undefined)

/** An answer is one only when all of it has come; streams come as they are read. */
const whole = (response: Response): Effect.Effect<unknown, HttpClientError.HttpClientError> =>
  /json/u.test(response.headers["content-type"] ?? "") ? response.arrayBuffer : Effect.void

/** How long to wait before an attempt, in milliseconds: 0.1 seconds, then twice as long each time, up to 10. */
export const backoff = (failures: number): Effect.Effect<number> =>
  Effect.map(Random.nextBetween(0.5, 1), (share) => share * Math.min(100 * 2 ** failures, 10_000))

/**
 * What `Retry-After` asks for, in milliseconds: it holds seconds, or a date by the clock of whoever answers. That is
 * compared with the answer's own `Date`, never with the clock here; where there is none, nothing is asked for.
 */
const retryAfter = ({ headers }: Response): number => {
  const text = headers["retry-after"] ?? "0"
  if (/^\d+$/u.test(text)) return Number(text) * 1_000
  const wait = Date.parse(text) - Date.parse(headers["date"] ?? "")
  return Number.isNaN(wait) ? 0 : Math.max(0, wait)
}

/** A client that sends again. */
export const reliable =
  ({ longestWait = "30 seconds", retries = 4 }: Options) =>
  (client: HttpClient.HttpClient): HttpClient.HttpClient => {
    const patience = Duration.toMillis(longestWait)
    const attempt = (send: Sent, failures: number): Sent => {
      const again = (pause: number) => Effect.andThen(Effect.sleep(pause), attempt(send, failures + 1))
      return Effect.matchEffect(Effect.tap(send, whole), {
        onFailure: (error) =>
          failures < retries && isLost(error) ? Effect.flatMap(backoff(failures), again) : Effect.fail(error),
        onSuccess: (response) =>
          failures < retries && asksToComeBack(response)
            ? Effect.flatMap(backoff(failures), (usual) => {
                const asked = retryAfter(response)
                return asked > patience ? Effect.succeed(response) : again(Math.max(usual, asked))
              })
            : Effect.succeed(response)
      })
    }
    return HttpClient.transform(client, (send, request) => (isRepeatable(request) ? attempt(send, 0) : send))
  }
