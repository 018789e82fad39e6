/**
 * A network between a client and a server, which can be cut and mended.
 */
import { connect, createServer, type Socket } from "node:net"

export interface Proxy {
  readonly url: string
  /** Connections end, and no new ones are made. */
  readonly cut: () => void
  readonly mend: () => void
  readonly stop: () => Promise<void>
}

export const open = async (port: number): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((client) => {
    if (isCut) return void client.destroy()
    const upstream = connect(port, "127.0.0.1")
    for (const [one, other] of [
      [client, upstream],
      [upstream, client]
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on("error", () => other.destroy())
      one.on("close", () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port: own } = server.address() as { port: number }
  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `nats://127.0.0.1:${own}`,
    cut: () => {
      isCut = true
      cutAll()
    },
    mend: () => void (isCut = false),
    stop: () => {
      cutAll()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}
