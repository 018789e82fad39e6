/**
 * Calls of endpoints: a request as the contract writes it, and its answer as the contract reads it.
 */
import { errorOf, HttpError } from "./errors.ts"
import { type Endpoint, read } from "./reading.ts"
import { type Answered, freshKey, sending, type SendingOptions, type Sent } from "./sending.ts"
import type { CallOptions } from "./types.ts"

export interface Options extends SendingOptions {
  /** Where the server is, e.g. `https://popug.example`, or in a page `""` for the server that the page is from. */
  readonly baseUrl: string | URL
  /** The bearer token, or a function that returns it at each request. */
  readonly token: string | (() => string | Promise<string>)
  /**
   * Asked for another token after a 401, once for each request; nothing is done twice for it. Default: `token` is asked
   * again, if it is a function.
   */
  readonly freshToken?: (() => string | Promise<string>) | undefined
}

export interface Request {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly payload?: unknown
}

export type Call = (endpoint: Endpoint, request: Request, options: CallOptions) => Promise<Answered>

const pathOf = (path: string, params: Readonly<Record<string, unknown>>): string =>
  path.replaceAll(/:(\w+)/gu, (_, name: string) => {
    const value = String(params[name] ?? "")
    // Addresses have no empty part, and take dots for steps up, however they are written.
    if (/^\.{0,2}$/u.test(value)) throw new TypeError(`"${value}" can't be in a path: ${name}`)
    return encodeURIComponent(value)
  })

const queryOf = (query: Readonly<Record<string, unknown>>): string => {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? "" : `?${given.toString()}`
}

const json = (payload: unknown): string =>
  JSON.stringify(payload, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))

const initOf = (endpoint: Endpoint, { headers, payload }: Request, { signal }: CallOptions): Sent => {
  const given = Object.entries(headers ?? {}).filter((header): header is [string, string] => header[1] !== undefined)
  const sent = new Headers(given)
  if (endpoint.payload) sent.set("content-type", "application/json")
  // Made before the first attempt, so that all of them carry it.
  if (endpoint.command && !sent.has("idempotency-key")) sent.set("idempotency-key", freshKey())
  return {
    method: endpoint.method,
    headers: sent,
    signal: signal ?? null,
    ...(endpoint.payload ? { body: json(payload ?? {}) } : {})
  }
}

/** Calls with the token of who asks. */
export const calling = ({ baseUrl, token, freshToken, ...options }: Options): Call => {
  const base = String(baseUrl).replace(/\/+$/u, "")
  const send = sending(options)
  const current = typeof token === "string" ? () => token : token
  const fresh = freshToken ?? (typeof token === "string" ? undefined : token)
  return async (endpoint, request, call) => {
    const url = base + pathOf(endpoint.path, request.params ?? {}) + queryOf(request.query ?? {})
    const init = initOf(endpoint, request, call)
    const sendAs = (bearer: string) => {
      init.headers.set("authorization", `Bearer ${bearer}`)
      return send(url, init, endpoint.stream === true)
    }
    if (endpoint.open) return send(url, init, false)
    const known = await current()
    const answered = await sendAs(known)
    if (answered.response.status !== 401 || fresh === undefined) return answered
    const other = await fresh()
    return other === known ? answered : sendAs(other)
  }
}

/** The bytes of a body; breaking off the loop ends it. */
export async function* bytesOf(
  { body }: Response,
  { signal }: CallOptions
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  // Not every browser's streams are for `for await`.
  const reader = body?.getReader()
  if (reader === undefined) return
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        signal?.throwIfAborted()
        throw new HttpError("the answer broke off", { cause })
      })
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** What a method returns: what was asked for, nothing for 304, and the error of everything else. */
export const answerOf = async (
  endpoint: Endpoint,
  { response, text }: Answered,
  options: CallOptions
): Promise<unknown> => {
  if (response.status === 304) return undefined
  if (!response.ok) throw errorOf(response, text)
  const body = endpoint.stream ? bytesOf(response, options) : bodyOf(endpoint, response, text)
  if (endpoint.headers === undefined) return body
  const headers = endpoint.headers.flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return { body, headers: Object.fromEntries(headers) as object }
}

const bodyOf = ({ reading }: Endpoint, response: Response, text: string): unknown => {
  if (response.status === 204) return undefined
  try {
    return read(reading, JSON.parse(text))
  } catch (cause) {
    throw new HttpError(`${response.status}, but not what the contract says`, { cause, response })
  }
}
