/**
 * Asks the contexts behind an address in front: a request goes on as it came, and its answer comes back as it is sent.
 */
import * as Http from "node:http"
import * as Https from "node:https"
import type { Readable } from "node:stream"
import { urlToHttpOptions } from "node:url"
import { StoreError, Trouble } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type ContextName, contexts } from "../../api/contexts.ts"

/** A context could not be asked, or gave up before it answered. */
export class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", {
  context: Schema.String,
  cause: Schema.Defect()
}) {}

export interface Asked {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Http.OutgoingHttpHeaders
  /** A stream is sent on as it comes; null for none. */
  readonly body: Readable | Uint8Array | null
}

export interface UpstreamOptions {
  /**
   * Where each context is, such as `http://tasks:3000`. Of several processes of one each gets its turn, and one that
   * can't be reached is passed over.
   */
  readonly contexts: Readonly<Record<ContextName, string | ReadonlyArray<string>>>
  /** How long a connection may take to be made; default: 3 seconds. */
  readonly connectTimeout?: Duration.Input | undefined
}

export class Upstreams extends Context.Service<
  Upstreams,
  {
    /**
     * The beginning of a context's answer; its body is to be read from it, or the answer destroyed. Interrupted, it
     * gives up the request. What may have reached a context is not sent again, unless it is a read on a connection that
     * was closed in that moment.
     */
    readonly ask: (context: ContextName, asked: Asked) => Effect.Effect<Http.IncomingMessage, Unreachable>
  }
>()("@popug/http/Upstreams") {
  static readonly layer = (options: UpstreamOptions): Layer.Layer<Upstreams> =>
    Layer.effect(
      Upstreams,
      Effect.gen(function* () {
        const agents = { "http:": new Http.Agent({ keepAlive: true }), "https:": new Https.Agent({ keepAlive: true }) }
        yield* Effect.addFinalizer(() => Effect.sync(() => Object.values(agents).forEach((agent) => agent.destroy())))
        const millis = Duration.toMillis(Duration.fromInputUnsafe(options.connectTimeout ?? "3 seconds"))
        const turns = new Map<ContextName, number>()
        const known = new Map(
          contexts.map((name) => [name, ([options.contexts[name]].flat() as ReadonlyArray<string>).map(addressOf)])
        )
        const addressesOf = (context: ContextName) => {
          const all = known.get(context)!
          if (all.length === 1) return all
          const turn = turns.get(context) ?? 0
          turns.set(context, (turn + 1) % all.length)
          return [...all.slice(turn), ...all.slice(0, turn)]
        }
        const troubles = new Map(
          contexts.map((name) => [name, Trouble.calmed(Trouble.make(`${name} could not be reached`), quiet)] as const)
        )
        return {
          ask: (context, asked) => {
            const { met, over } = troubles.get(context)!
            return ask({ agents, context, millis }, addressesOf(context), asked).pipe(
              Effect.tap(over),
              Effect.tapError(({ cause }) => met(Cause.fail(away(context, cause))))
            )
          }
        }
      })
    )
}

/** Which context it is and why, for a line of the log. */
const away = (service: string, cause: unknown): StoreError => {
  const { code, message } = cause as NodeJS.ErrnoException
  return new StoreError({
    reason: "Unavailable",
    retryable: true,
    committed: "unknown",
    service,
    // Of several addresses Node tells the code alone.
    message: message || code || String(cause)
  })
}

/** For how long a context must answer all that it is asked before its outage is over, in milliseconds. */
const quiet = 5_000

/** Where a process is, taken apart once. */
interface Address {
  readonly options: Http.RequestOptions
  readonly start: typeof Http.request
  readonly protocol: string
  /** What stands before its paths. */
  readonly prefix: string
}

const addressOf = (text: string): Address => {
  const url = new URL(text)
  return {
    options: urlToHttpOptions(url),
    start: url.protocol === "https:" ? Https.request : Http.request,
    protocol: url.protocol,
    prefix: url.pathname.replace(/\/$/u, "")
  }
}

interface Means {
  readonly agents: Readonly<Record<string, Http.Agent>>
  readonly context: ContextName
  readonly millis: number
}

const ask = ({ agents, context, millis }: Means, addresses: ReadonlyArray<Address>, asked: Asked) =>
  Effect.callback<Http.IncomingMessage, Unreachable>((resume) => {
    let request: Http.ClientRequest
    let isOver = false
    const end = (outcome: Effect.Effect<Http.IncomingMessage, Unreachable>) => {
      isOver = true
      resume(outcome)
    }
    const attempt = (index: number, isAgain: boolean): void => {
      const { options, prefix, protocol, start } = addresses[index]!
      let isSent = false
      let tooLong: NodeJS.Timeout | undefined
      request = start({
        ...options,
        agent: agents[protocol]!,
        method: asked.method,
        path: prefix + asked.path,
        headers: framed(asked),
        // It is that of the caller, which a context's rules about addresses look at.
        setHost: false
      })
      const self = request
      const send = () => {
        clearTimeout(tooLong)
        if (isOver) return
        isSent = true
        if (asked.body === null || asked.body instanceof Uint8Array) self.end(asked.body ?? undefined)
        else asked.body.pipe(self)
      }
      self.once("socket", (socket) => {
        if (!socket.connecting) return send()
        tooLong = setTimeout(() => self.destroy(new Error("no connection was made in time")), millis)
        socket.once("connect", send)
      })
      self.once("response", (response) => {
        // It may be cut off before anybody reads it.
        response.on("error", () => undefined)
        end(Effect.succeed(response))
      })
      self.on("error", (cause) => {
        clearTimeout(tooLong)
        if (isOver) return
        if (!isSent && index + 1 < addresses.length) return attempt(index + 1, isAgain)
        // It was closed for want of use while this was on its way: nobody has looked at it.
        if (self.reusedSocket && !isAgain && isRead(asked)) return attempt(index, true)
        end(Effect.fail(new Unreachable({ context, cause })))
      })
    }
    attempt(0, false)
    return Effect.sync(() => {
      isOver = true
      request.destroy()
    })
  })

/**
 * A body whose length is not said goes in chunks, whatever the method: Node would send that of a GET with nothing that
 * tells it from the next request, and a context would take it for one.
 */
const framed = ({ body, headers }: Asked): Http.OutgoingHttpHeaders =>
  body === null || headers["content-length"] !== undefined ? headers : { ...headers, "transfer-encoding": "chunked" }

const isRead = ({ body, method }: Asked): boolean => body === null && (method === "GET" || method === "HEAD")
