/**
 * Sends a request again that got no answer, or one that asks to come back: as long as it can't be done twice.
 */
import { HttpError } from "./errors.ts"

export interface SendingOptions {
  /** How often a request is sent again; default: 4. */
  readonly retries?: number | undefined
  /** A request that is told to wait for longer than so many milliseconds gets that answer at once; default: 30,000. */
  readonly longestWait?: number | undefined
  /** What sends a request; default: the `fetch` of the runtime. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** An answer is one only when all of it has come; of a stream there is no text, it comes as it is read. */
export interface Answered {
  readonly response: Response
  readonly text: string
}

export interface Sent extends RequestInit {
  readonly headers: Headers
  readonly signal: AbortSignal | null
}

/** A share from 0 to 1, which need not repeat: it spreads those who come back. */
const chance = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32

/** A text that nobody else makes. */
export const freshKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** How long to wait before an attempt, in milliseconds: 0.1 seconds, then twice as long each time, up to 10. */
export const backoff = (failures: number): number => (0.5 + chance() / 2) * Math.min(100 * 2 ** failures, 10_000)

/** Waits so many milliseconds, or until the signal is aborted, with whose reason it then fails. */
export const pause = (millis: number, signal: AbortSignal | null): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      reject(signal!.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort)
      resolve()
    }, millis)
    signal?.addEventListener("abort", abort, { once: true })
  })

const transient: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])

/** 409 with `Retry-After`: an earlier attempt arrived after all, and is still under way. */
const asksToComeBack = ({ headers, status }: Response): boolean =>
  transient.has(status) || (status === 409 && headers.has("retry-after"))

/**
 * What `Retry-After` asks for, in milliseconds: it holds seconds, or a date by the clock of whoever answers. That is
 * compared with the answer's own `Date`, never with the clock here; where there is none, nothing is asked for.
 */
const retryAfter = ({ headers }: Response): number => {
  const text = headers.get("retry-after") ?? "0"
  if (/^\d+$/u.test(text)) return Number(text) * 1_000
  const wait = Date.parse(text) - Date.parse(headers.get("date") ?? "")
  return Number.isNaN(wait) ? 0 : Math.max(0, wait)
}

const attempt = async (fetch: typeof globalThis.fetch, url: string, init: Sent, stream: boolean): Promise<Answered> => {
  try {
    const response = await fetch(url, init)
    return { response, text: stream && response.ok ? "" : await response.text() }
  } catch (cause) {
    init.signal?.throwIfAborted()
    throw new HttpError("no answer came", { cause })
  }
}

/** `fetch` that sends again what can be sent twice: reads, and commands whose key says that they are the same. */
export const sending =
  // Called as a function of its own: the `fetch` of browsers refuses to be another object's method.
  ({ fetch = (url, init) => globalThis.fetch(url, init), longestWait = 30_000, retries = 4 }: SendingOptions) =>
    async (url: string, init: Sent, stream: boolean): Promise<Answered> => {
      const isRepeatable = init.method === "GET" || init.headers.has("idempotency-key")
      for (let failures = 0; ; failures++) {
        const isLast = !isRepeatable || failures >= retries
        const answered = await attempt(fetch, url, init, stream).catch((error: unknown) => {
          if (isLast || !(error instanceof HttpError)) throw error
        })
        const asked = answered === undefined ? 0 : retryAfter(answered.response)
        if (answered !== undefined && (isLast || asked > longestWait || !asksToComeBack(answered.response)))
          return answered
        await pause(Math.max(backoff(failures), asked), init.signal)
      }
    }
