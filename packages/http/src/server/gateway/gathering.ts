/**
 * What every context answers for what is its own, put together.
 */
import type * as Http from "node:http"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { type ContextName, contexts } from "../../api/contexts.ts"
import * as TimeLimit from "../platform/TimeLimit.ts"
import { onward, whole } from "./passing.ts"
import { type Asked, Upstreams } from "./Upstreams.ts"

type Json = Readonly<Record<string, unknown>>

/** An answer that was read to its end. */
interface Whole {
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  readonly bytes: Buffer
}

const read = Effect.fnUntraced(function* (context: ContextName, asked: Asked) {
  const { ask } = yield* Upstreams
  // As it is: what comes is put together, and packed again.
  const answer = yield* ask(context, { ...asked, headers: { ...asked.headers, "accept-encoding": "identity" } })
  const bytes = yield* whole(context, answer)
  return { status: answer.statusCode!, headers: answer.headers, bytes } satisfies Whole
})

const isFine = ({ status }: Whole): boolean => status >= 200 && status < 300
const jsonOf = ({ bytes }: Whole): Json => JSON.parse(bytes.toString("utf8"))

/** What a context said, to be said again. */
const repeated = ({ bytes, headers, status }: Whole) => {
  const kept = ["retry-after", "www-authenticate"].flatMap((name) =>
    typeof headers[name] === "string" ? [[name, headers[name]] as const] : []
  )
  return HttpServerResponse.uint8Array(bytes, {
    status,
    contentType: headers["content-type"] ?? "application/json",
    headers: Object.fromEntries(kept)
  })
}

/** Asks all contexts at once; the first refusal is the answer. */
const ofAll = (join: (answers: ReadonlyArray<Json>) => Json) =>
  Effect.gen(function* () {
    // A body can be read once, and none of these questions has one.
    const asked = yield* onward(new Uint8Array())
    const answers = yield* Effect.forEach(contexts, (context) => read(context, asked), { concurrency: "unbounded" })
    const refusal = answers.find((answer) => !isFine(answer))
    return refusal === undefined ? HttpServerResponse.jsonUnsafe(join(answers.map(jsonOf))) : repeated(refusal)
  })

const list = (json: Json, name: string) => json[name] as ReadonlyArray<Json>

/** Where every consumer stands. */
export const streams = ofAll((answers) => ({ data: answers.flatMap((answer) => list(answer, "data")) }))

const order = [...contexts, "consumers"]
/** The verdicts on all contexts; counts are those of the books, of which the others have none. */
const verdict = (answers: ReadonlyArray<Json>): Json => {
  const found = answers.flatMap((answer) => list(answer, "contexts"))
  const all = order.flatMap((context) => {
    const [first, ...others] = found.filter((verified) => verified["context"] === context)
    return first === undefined ? [] : [others.find(({ difference }) => difference !== null) ?? first]
  })
  const first = all.find(({ difference }) => difference !== null)
  return {
    ...answers[contexts.indexOf("billing")],
    difference: first?.["difference"] ?? null,
    contexts: all
  }
}

/** It takes as long as the longest of them. */
export const verification = Effect.andThen(TimeLimit.lift, ofAll(verdict))

/** How the clock is moved: days end where tasks are, once all others are there already, and those apply it then. */
const steps = [["users"], ["billing"], ["reports"], ["tasks"], ["billing", 0], ["reports", 0]] as const

/** Moves the clocks of all contexts, and has what that ends be applied everywhere. */
export const clock = Effect.gen(function* () {
  const { text } = yield* HttpServerRequest.HttpServerRequest
  const sent = yield* text
  let last: Whole | undefined
  for (const [context, days] of steps) {
    const body = days === undefined ? sent : JSON.stringify({ days })
    const answer = yield* read(context, yield* onward(new TextEncoder().encode(body)))
    if (!isFine(answer)) return repeated(answer)
    if (context === "tasks") last = answer
  }
  return repeated(last!)
})
