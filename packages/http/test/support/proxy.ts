/**
 * A proxy as they are met: it drops headers that it need not pass on, gathers what comes, and passes it on in other
 * pieces; of a stream of events it changes all that the format leaves open.
 */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"

/** What a proxy may drop: what is for the next hop alone, and what it takes for its own or can't keep right. */
const dropped =
  /^(connection|keep-alive|transfer-encoding|content-length|x-.*|etag|location|content-disposition|vary)$/u

/** Bytes in pieces that end in the middle of characters and line ends. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size % 7) + 1) yield bytes.subarray(at, at + size)
}

/** Line ends of all three kinds, a byte order mark, comments, a pause to take, fields and messages of nobody's. */
const disguised = () => {
  let lines = 0
  return (text: string): string => {
    const begun =
      lines > 0 ? "" : "\u{feff}: hello\nretry: 1\nid\n\ndata: a message\ndata: of the proxy's\n\nfoo: bar\n"
    return `${begun}${text}`.replaceAll("\n", () => ["\r\n", "\n", "\r"][(lines += 1) % 3]!).replace(/$/u, ": \u{e9}\n")
  }
}

/** In front of a server until the scope closes; returns its address. */
export const make = Effect.fnUntraced(function* (target: string) {
  const pass = (request: Http.IncomingMessage, response: Http.ServerResponse) => {
    const { host: _, connection: __, ...headers } = request.headers
    const upstream = Http.request(`${target}${request.url}`, { method: request.method!, headers, agent: false })
    upstream.on("response", (incoming) => {
      response.writeHead(
        incoming.statusCode!,
        Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !dropped.test(name)))
      )
      const isFeed = incoming.headers["content-type"] === "text/event-stream"
      const disguise = disguised()
      let gathered = Buffer.alloc(0)
      const flush = () => {
        const whole = isFeed ? gathered.lastIndexOf("\n\n") + 2 : gathered.length
        if (isFeed && whole < 2) return
        const part = gathered.subarray(0, whole)
        gathered = gathered.subarray(whole)
        for (const piece of pieces(isFeed ? Buffer.from(disguise(part.toString())) : part)) response.write(piece)
      }
      const timer = setInterval(flush, 20)
      incoming.on("data", (chunk: Buffer) => void (gathered = Buffer.concat([gathered, chunk])))
      incoming.on("error", () => response.destroy())
      incoming.on("end", () => {
        flush()
        response.end()
      })
      response.on("close", () => {
        clearInterval(timer)
        upstream.destroy()
      })
    })
    upstream.on("error", () => response.destroy())
    request.pipe(upstream)
  }
  const server = yield* Effect.acquireRelease(
    Effect.callback<Http.Server>((resume) => {
      const listener = Http.createServer(pass)
      listener.listen(0, "127.0.0.1", () => resume(Effect.succeed(listener)))
    }),
    (listener) =>
      Effect.callback<void>((resume) => {
        listener.closeAllConnections()
        listener.close(() => resume(Effect.void))
      })
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
