/**
 * The events of a context without end: it comes back where it was, however its connections do.
 */
import { bytesOf, type Call } from "./calling.ts"
import { endpoints } from "./endpoints.ts"
import { errorOf, HttpError } from "./errors.ts"
import { makeParser, type Message } from "./messages.ts"
import { backoff, pause } from "./sending.ts"
import type { CallOptions, Followed, FollowOptions } from "./types.ts"

/** What may be over by the next connection. */
const isPassing = (error: unknown): boolean => {
  const { _tag, status } = error as { readonly _tag?: string; readonly status?: number }
  return _tag === "HttpError"
    ? status === undefined || status >= 500
    : _tag === "TooManyRequests" || _tag === "Unavailable"
}

/** How far a stream is. */
interface Place {
  position: string | undefined
  failures: number
  /** The least pause before the next connection, in milliseconds. */
  pause: number
}

const numberOf = (position: string): number => Number.parseInt(position, 10)

/** Keeps the place; whether it went on. An id that is no position of ours, or is reset, changes nothing. */
const moved = (place: Place, position: string): boolean => {
  const isNew = /^\d/u.test(position) && numberOf(position) > numberOf(place.position ?? "-1")
  if (isNew) place.position = position
  return isNew
}

/** The event of a message, if it is one that was not given before. What is of no kind we know is passed over. */
const eventOf = (place: Place, { data, event, id }: Message, onSign: FollowOptions["onSign"]): Followed | undefined => {
  place.failures = 0
  const reassigned = event === "reassigned"
  if (reassigned || event === "heartbeat") {
    moved(place, id || data)
    if (place.position !== undefined) onSign?.({ position: place.position, reassigned })
  }
  if (event !== "event") return undefined
  const found = JSON.parse(data) as Followed
  const position = id === undefined || numberOf(id) !== found.number ? String(found.number) : id
  return moved(place, position) ? { ...found, position } : undefined
}

/** The events of one connection; fails with a passing error when it is lost, or says nothing for too long. */
async function* connection(
  call: Call,
  place: Place,
  { onSign, silence = 60_000, source }: FollowOptions,
  signal: AbortSignal
) {
  const quiet = new AbortController()
  const giveUp = () => quiet.abort(new HttpError("the connection says nothing any more", {}))
  let timer = setTimeout(giveUp, silence)
  let messages: Array<Message> = []
  const parse = makeParser({
    onMessage: (message) => void messages.push(message),
    onRetry: (millis) => void (place.pause = millis)
  })
  const decoder = new TextDecoder()
  try {
    const request = {
      query: { source },
      headers: place.position === undefined ? {} : { "last-event-id": place.position }
    }
    const options = { signal: AbortSignal.any([signal, quiet.signal]) }
    const { response, text } = await call(endpoints.events.feed, request, options)
    if (!response.ok) throw errorOf(response, text)
    for await (const bytes of bytesOf(response, options)) {
      messages = []
      parse(decoder.decode(bytes, { stream: true }))
      if (messages.length === 0) continue
      clearTimeout(timer)
      for (const message of messages) {
        const event = eventOf(place, message, onSign)
        if (event !== undefined) yield event
      }
      // Only what is waited for can be silent.
      timer = setTimeout(giveUp, silence)
    }
  } finally {
    clearTimeout(timer)
  }
}

async function* following(call: Call, options: FollowOptions, signal: AbortSignal) {
  const { after } = options
  const place: Place = { position: after === undefined ? undefined : String(after), failures: 0, pause: 0 }
  for (;;) {
    try {
      yield* connection(call, place, options, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isPassing(error)) throw error
    }
    await pause(Math.max(backoff(place.failures++), place.pause), signal)
  }
}

/** Each event once and in order; whoever leaves the loop closes the connection, even while it waits for an event. */
export const follow = (
  call: Call,
  options: FollowOptions,
  { signal }: CallOptions
): AsyncIterableIterator<Followed, undefined> => {
  const left = new AbortController()
  const events = following(call, options, signal ? AbortSignal.any([signal, left.signal]) : left.signal)
  const end = { done: true, value: undefined } as const
  const iterator: AsyncIterableIterator<Followed, undefined> = {
    next: () =>
      events.next().then(
        (result) => (result.done === true ? end : result),
        (error: unknown) => {
          if (left.signal.aborted) return end
          throw error
        }
      ),
    return: async () => {
      left.abort()
      await events.return(undefined as never)
      return end
    },
    [Symbol.asyncIterator]: () => iterator
  }
  return iterator
}
