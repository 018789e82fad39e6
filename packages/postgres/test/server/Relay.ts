/**
 * A way to a database that can be closed and opened again: what a process sees of a network that is gone for a while.
 */
import { connect, createServer, type Server, type Socket } from "node:net"

export interface Relay {
  /** The URL of the database by this way. */
  readonly url: string
  /** Cuts what is connected and refuses what comes, until it is opened again. */
  readonly close: () => Promise<void>
  /** Lets nothing through any more, and says so to nobody until it is opened again: then it cuts what was connected. */
  readonly fallSilent: () => void
  readonly open: () => Promise<void>
}

export const relay = async (url: string): Promise<Relay> => {
  const target = new URL(url)
  const way = new URL(url)
  const sockets = new Set<Socket>()
  let silent = false
  let server: Server | undefined
  let port = 0

  const serve = (near: Socket) => {
    sockets.add(near)
    near.on("error", () => undefined).on("close", () => sockets.delete(near))
    if (silent) return void near.pause()
    const far = connect(Number(target.port), target.hostname)
    sockets.add(far)
    far.on("error", () => near.destroy()).on("close", () => sockets.delete(far))
    near.on("close", () => far.destroy())
    far.on("close", () => near.destroy())
    near.pipe(far).pipe(near)
  }
  const listen = () =>
    new Promise<void>((resolve) => {
      server = createServer(serve).listen(port, "127.0.0.1", () => {
        port = (server!.address() as { port: number }).port
        resolve()
      })
    })

  await listen()
  way.port = `${port}`
  return {
    url: way.href,
    close: () =>
      new Promise((resolve) => {
        if (server === undefined) return resolve()
        server.close(() => resolve())
        server = undefined
        for (const socket of sockets) socket.destroy()
      }),
    fallSilent: () => {
      silent = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    open: async () => {
      if (silent) for (const socket of sockets) socket.destroy()
      silent = false
      if (server === undefined) await listen()
    }
  }
}
