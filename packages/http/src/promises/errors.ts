/**
 * What a call can throw: a problem of the contract, or that there was no answer of the contract.
 */
import { problems } from "./endpoints.ts"
import { read } from "./reading.ts"
import type { Problem } from "./types.ts"

/** No answer came (`status` is undefined, `cause` says why), or one that is not of the contract. */
export class HttpError extends Error {
  readonly _tag = "HttpError"
  /** The status of the answer, if one came. */
  readonly status: number | undefined
  /** How many seconds the answer asks to wait for, if it does. */
  readonly retryAfterSeconds: number | undefined

  constructor(message: string, { cause, response }: { readonly cause?: unknown; readonly response?: Response }) {
    super(message, { cause })
    this.name = this._tag
    this.status = response?.status
    const after = response?.headers.get("retry-after") ?? ""
    this.retryAfterSeconds = /^\d+$/u.test(after) ? Number(after) : undefined
  }
}

const urn = "urn:popug:problem:"

/** `TaskNotFound` of `task-not-found`. */
const tagOf = (name: string): string => name.replaceAll(/(?:^|-)([a-z])/gu, (_, letter: string) => letter.toUpperCase())

class ProblemError extends Error {
  readonly _tag: string

  constructor(tag: string, { detail, title, ...members }: Readonly<Record<string, unknown>>) {
    super(String(detail ?? title))
    this._tag = tag
    this.name = tag
    Object.assign(this, members, { title }, detail === undefined ? {} : { detail })
  }
}

/** The error of an answer that is none of success. */
export const errorOf = (response: Response, text: string): Problem | HttpError => {
  const body = /json/u.test(response.headers.get("content-type") ?? "") ? parsed(text) : undefined
  const { title, type } = (body ?? {}) as { readonly title?: unknown; readonly type?: unknown }
  if (typeof type !== "string" || !type.startsWith(urn)) {
    return new HttpError(`${response.status} ${typeof title === "string" ? title : response.statusText}`, { response })
  }
  const tag = tagOf(type.slice(urn.length))
  return new ProblemError(tag, {
    status: response.status,
    ...(read(problems[tag], body) as object)
  }) as unknown as Problem
}

const parsed = (text: string): object | undefined => {
  try {
    return Object(JSON.parse(text)) as object
  } catch {
    return undefined
  }
}

/**
 * Whether something that was thrown is a problem of the contract, or that one: `isProblem(error, "NotAllowed")`. Newer
 * servers can have problems that no type here names: keep a default in a `switch`.
 */
export const isProblem: {
  (error: unknown): error is Problem
  <Tag extends Problem["_tag"]>(error: unknown, tag: Tag): error is Extract<Problem, { readonly _tag: Tag }>
} = (error: unknown, tag?: string): error is never =>
  error instanceof ProblemError && (tag === undefined || error._tag === tag)
