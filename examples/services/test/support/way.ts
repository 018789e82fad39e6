/**
 * A way to a server that can be cut, as a network is.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

export const wayTo = async (host: string, port: number) => {
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy()
    const other = connect(port, host)
    for (const [one, another] of [
      [socket, other],
      [other, socket]
    ] as const) {
      open.add(one)
      one.on("error", () => undefined)
      one.on("close", () => {
        open.delete(one)
        another.destroy()
      })
      one.pipe(another)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => void (isCut = false),
    close: () => {
      cut()
      return new Promise((resolve) => server.close(resolve))
    }
  }
}
