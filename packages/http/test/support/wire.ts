/**
 * Servers that are none, and ways to a server that break: what a service may meet in the place of another.
 */
import * as Http from "node:http"
import * as Net from "node:net"
import * as Effect from "effect/Effect"

const listening = (server: Net.Server, close: () => void) =>
  Effect.acquireRelease(
    Effect.callback<string>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        resume(Effect.succeed(`http://127.0.0.1:${(server.address() as Net.AddressInfo).port}`))
      })
    }),
    () =>
      Effect.callback<void>((resume) => {
        close()
        server.close(() => resume(Effect.void))
      })
  )

/** Answers whatever comes as it likes. */
export const answering = (answer: Http.RequestListener) => {
  const server = Http.createServer(answer)
  return listening(server, () => server.closeAllConnections())
}

/** A way to a server, which can be cut. */
export const wayTo = Effect.fnUntraced(function* (target: string) {
  const { hostname, port } = new URL(target)
  const open = new Set<Net.Socket>()
  /** How many bytes of the next answers pass before the connection breaks. */
  const limits: Array<number> = []
  let isCut = false
  let connections = 0
  const server = Net.createServer((socket) => {
    connections += 1
    if (isCut) return void socket.destroy()
    const upstream = Net.connect(Number(port), hostname)
    open.add(socket).add(upstream)
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket]
    ] as const) {
      one.on("error", () => undefined)
      one.on("close", () => {
        open.delete(one)
        other.destroy()
      })
    }
    socket.pipe(upstream)
    upstream.on("data", (chunk: Buffer) => {
      const limit = limits[0]
      if (limit === undefined) return void socket.write(chunk)
      limits.shift()
      socket.write(chunk.subarray(0, limit), () => socket.destroy())
    })
  })
  const cutAll = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: yield* listening(server, cutAll),
    connections: () => connections,
    /** Breaks the next connection once so many bytes of an answer have passed. */
    breakAfter: (bytes: number) => void limits.push(bytes),
    /** Nothing gets through until it is mended. */
    cut: Effect.sync(() => {
      isCut = true
      cutAll()
    }),
    mend: Effect.sync(() => void (isCut = false))
  }
})
