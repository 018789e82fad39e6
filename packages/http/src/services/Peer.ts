/**
 * Another service, as this one asks it: with a key of its own, a limit of time and size for each answer, and again
 * where that may help. All questions only read, so each can be asked twice.
 */
import { StoreError, Text } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Wire from "../api/services/Wire.ts"

type Key = Redacted.Redacted<string> | string

export interface Options {
  /** What the service is called in messages, such as `users`. */
  readonly name: string
  /** Where its internal API is, e.g. `http://users.internal:8080`. */
  readonly url: string | URL
  /** This service's key there, or an effect that returns it at each question: keys can be changed under way. */
  readonly key: Key | Effect.Effect<Key>
  /** How long one question may take with all its tries; default: 10 seconds. */
  readonly timeout?: Duration.Input | undefined
  /** How many questions are under way at once, besides those that wait for news; more wait their turn; default: 16. */
  readonly concurrency?: number | undefined
}

/** A question, and what its answer must be. */
export interface Question<A> {
  readonly method: "GET" | "POST"
  /** Below `/internal/v1`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly read: (json: unknown) => Result.Result<A, { readonly message: string }>
  /** Less time than the others have. */
  readonly timeout?: Duration.Input
}

export interface Peer {
  readonly name: string
  /** Asks, and again where the answer got lost or the service is away for the moment. */
  readonly ask: <A>(question: Question<A>) => Effect.Effect<A, StoreError>
  /** Asks once, for an answer that may be so long in coming: it takes no turn from the others. */
  readonly wait: <A>(question: Question<A>, patience: Duration.Input) => Effect.Effect<A, StoreError>
}

/** How often a question is asked at most. */
const tries = 3

/** How many bytes of an answer are read: twice what is sent at most, but for one event that is longer alone. */
const mostBytes = 4 * Wire.mostBytes

/** Reads an answer by its schema. */
export const reading = <S extends Schema.Top>(schema: S): Question<S["Type"]>["read"] => {
  const decode = Schema.decodeUnknownResult(Schema.toCodecJson(schema as unknown as Schema.Codec<S["Type"]>))
  return decode
}

export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Peer, never, HttpClient.HttpClient> {
  const client = yield* HttpClient.HttpClient
  const { concurrency = 16, name, timeout = "10 seconds" } = options
  const turns = yield* Semaphore.make(concurrency)
  const limit = Duration.fromInputUnsafe(timeout)
  const once = <A>(question: Question<A>): Effect.Effect<A, StoreError> => asked(client, options, question)

  const ask: Peer["ask"] = (question) => {
    const all = question.timeout === undefined ? limit : Duration.fromInputUnsafe(question.timeout)
    const attempt = (left: number, pause: number): ReturnType<typeof once<Answer<typeof question>>> =>
      once(question).pipe(
        // One that hangs is not waited for to the end: another connection may do better.
        within(name, Duration.times(all, 0.5)),
        Effect.catch((error) =>
          error.retryable && left > 1
            ? Effect.flatMap(Random.nextBetween(0.5, 1), (share) =>
                Effect.andThen(Effect.sleep(share * pause), attempt(left - 1, pause * 4))
              )
            : Effect.fail(error)
        )
      )
    return turns.withPermit(attempt(tries, 100)).pipe(within(name, all))
  }

  return { name, ask, wait: (question, patience) => within(name, patience)(once(question)) }
})

type Answer<Q> = Q extends Question<infer A> ? A : never

const within =
  (name: string, limit: Duration.Input) =>
  <A>(self: Effect.Effect<A, StoreError>): Effect.Effect<A, StoreError> =>
    Effect.timeoutOrElse(self, {
      duration: limit,
      orElse: () =>
        Effect.fail(away(name, `${name} did not answer within ${Duration.format(Duration.fromInputUnsafe(limit))}`))
    })

/** It may be there again in a moment. */
const away = (service: string, message: string, cause?: unknown): StoreError =>
  new StoreError({
    reason: "Unavailable",
    retryable: true,
    committed: "no",
    message,
    service,
    ...(cause === undefined ? {} : { cause })
  })

/** A person must act: the same question gets the same answer until then. */
const forGood = (service: string, message: string): StoreError =>
  new StoreError({ reason: "Unavailable", retryable: false, committed: "no", message, service })

const urlOf = ({ url }: Options, { path, query = {} }: Question<unknown>): URL => {
  const base = new URL(url)
  const found = new URL(`${base.origin}${base.pathname.replace(/\/$/u, "")}/internal/v1${path}`)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) found.searchParams.set(name, `${value}`)
  return found
}

const asked = Effect.fnUntraced(function* <A>(
  client: HttpClient.HttpClient,
  options: Options,
  question: Question<A>
): Effect.fn.Return<A, StoreError> {
  const { key, name } = options
  const secret = yield* Effect.isEffect(key) ? key : Effect.succeed(key)
  const request = HttpClientRequest.make(question.method)(urlOf(options, question)).pipe(
    HttpClientRequest.bearerToken(secret),
    HttpClientRequest.acceptJson,
    // Between services time is dearer than bytes.
    HttpClientRequest.setHeader("accept-encoding", "identity")
  )
  const sent =
    question.body === undefined
      ? request
      : HttpClientRequest.bodyText(request, JSON.stringify(question.body), "application/json")
  const lost = (error: { readonly message: string }) =>
    away(name, `${name} could not be asked: ${error.message}`, error)
  const response = yield* client.execute(sent).pipe(
    // A key goes where it was sent, and nowhere else.
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "error" }),
    Effect.mapError(lost)
  )
  const text = yield* textOf(name, response, lost)
  if (response.status !== 200) return yield* refusal(name, response.status, text)
  const answer = Result.flatMap(parsed(text), question.read)
  return Result.isSuccess(answer)
    ? answer.success
    : yield* forGood(name, `${name} answered what is no answer of this question: ${inShort(answer.failure.message)}`)
})

/** The text of an answer, as long as it is not too long. */
const textOf = Effect.fnUntraced(function* (
  name: string,
  response: HttpClientResponse.HttpClientResponse,
  lost: (error: { readonly message: string }) => StoreError
) {
  // As long as it says and no longer: it need not be counted as it comes, which takes longer than the rest.
  const said = Number(response.headers["content-length"] ?? Infinity)
  if (said <= mostBytes && response.headers["content-encoding"] === undefined) {
    return yield* Effect.mapError(response.text, lost)
  }
  const chunks: Array<Uint8Array> = []
  let size = 0
  yield* Stream.runForEach(Stream.mapError(response.stream, lost), (chunk) => {
    size += chunk.length
    chunks.push(chunk)
    return size > mostBytes
      ? Effect.fail(forGood(name, `${name} answered with more than ${mostBytes} bytes`))
      : Effect.void
  })
  return Buffer.concat(chunks, size).toString()
})

const parsed = (text: string): Result.Result<unknown, { readonly message: string }> => {
  try {
    return Result.succeed(JSON.parse(text))
  } catch {
    return Result.fail({ message: "it is no JSON" })
  }
}

/** How many characters of what another service says are repeated: messages go to logs, statuses and stores. */
const mostWords = 500

const inShort = (text: string): string =>
  Text.keepable(text.length > mostWords ? `${text.slice(0, mostWords)}...` : text)

/** What passes by itself: the service is busy, starting or going down, or something on the way to it is. */
const passing: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504])

const refusal = (name: string, status: number, text: string): StoreError => {
  const problem = Result.getOrElse(parsed(text), () => null) as { readonly type?: unknown; readonly detail?: unknown }
  const said = typeof problem?.detail === "string" ? `: ${inShort(problem.detail)}` : ""
  if (passing.has(status)) return away(name, `${name} can't answer now (${status})${said}`)
  if (status === 401) return forGood(name, `${name} does not know this service's key (401)${said}`)
  if (status === 403) return forGood(name, `${name} does not let this service ask this (403)${said}`)
  if (problem?.type === "urn:popug:problem:unknown-company") return forGood(name, `${name} has no such company${said}`)
  return forGood(name, `${name} does not answer this (${status})${said}`)
}
