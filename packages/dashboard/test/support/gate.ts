/**
 * A gate in front of a server: shut, it cuts every connection and lets none in, as a server that is gone.
 */
import { connect, createServer, type Socket } from "node:net"

export const openGate = async (url: string) => {
  let server = new URL(url)
  const sockets = new Set<Socket>()
  let isShut = false
  const gate = createServer((socket) => {
    if (isShut) return void socket.destroy()
    const beyond = connect(Number(server.port), server.hostname)
    for (const one of [socket, beyond]) {
      sockets.add(one)
      one.on("error", () => undefined)
      one.on("close", () => {
        sockets.delete(one)
        socket.destroy()
        beyond.destroy()
      })
    }
    socket.pipe(beyond).pipe(socket)
  })
  await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve))
  const address = gate.address() as { readonly port: number }
  return {
    url: `http://127.0.0.1:${address.port}`,
    shut: () => {
      isShut = true
      for (const socket of sockets) socket.destroy()
    },
    open: () => {
      isShut = false
    },
    /** Has another server behind it. */
    lead: (to: string) => {
      server = new URL(to)
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      gate.close()
    }
  }
}
