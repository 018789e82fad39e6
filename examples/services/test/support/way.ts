/**
 * A way to a server that can be cut or stand still, as a network does.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

export interface Way {
  readonly port: number
  /** Connections end, and no new ones are made. */
  readonly cut: () => void
  /** Nothing goes through, and nobody is told: what is sent comes late, or never. */
  readonly stall: () => void
  /** All is well again; what stood still goes on, or is `lost` with its connections. */
  readonly mend: (stalled?: "goes on" | "lost") => void
  readonly close: () => Promise<void>
}

interface Link {
  readonly begin: () => void
  readonly stop: () => void
  readonly end: () => void
}

const linkOf = (socket: Socket, host: string, port: number, gone: () => void): Link => {
  let other: Socket | undefined
  const end = () => {
    socket.destroy()
    other?.destroy()
    gone()
  }
  for (const event of ["error", "close"]) socket.on(event, end)
  return {
    end,
    stop: () => {
      for (const [one, another] of [
        [socket, other],
        [other, socket]
      ] as const) {
        if (another !== undefined) one?.unpipe(another)
        one?.pause()
      }
    },
    begin: () => {
      if (other === undefined) {
        other = connect(port, host)
        for (const event of ["error", "close"]) other.on(event, end)
      }
      socket.pipe(other)
      other.pipe(socket)
    }
  }
}

export const wayTo = async (host: string, port: number): Promise<Way> => {
  const links = new Set<Link>()
  let state: "open" | "cut" | "stalled" = "open"
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    if (state === "cut") return void socket.destroy()
    const link = linkOf(socket, host, port, () => void links.delete(link))
    links.add(link)
    if (state === "open") link.begin()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const endAll = () => {
    for (const link of links) link.end()
  }
  const cut = () => {
    state = "cut"
    endAll()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stall: () => {
      state = "stalled"
      for (const link of links) link.stop()
    },
    mend: (stalled = "goes on") => {
      if (state === "stalled" && stalled === "lost") endAll()
      if (state === "stalled") for (const link of links) link.begin()
      state = "open"
    },
    close: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
