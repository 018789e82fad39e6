/**
 * Callers on kept connections, each with its next request as soon as its last is answered. Responses are read just far
 * enough to know where they end: what the load costs is not the server's, but it takes the machine.
 */
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { host } from "./servers/server.ts"

/** A request as it goes over the wire. */
export const request = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown
): Buffer => {
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    "accept: application/json",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(content === undefined ? [] : ["content-type: application/json", `content-length: ${content.length}`])
  ]
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), content ?? Buffer.alloc(0)])
}

/** What a server is asked, one after another; `status` is what it must answer. */
export interface Load {
  readonly next: () => Buffer
  readonly status: number
}

const endOfHead = Buffer.from("\r\n\r\n")
const length = /\r\ncontent-length: *(\d+)/i

/** Calls back with each response that is complete; every one must say how long it is. */
export const responses = (
  socket: Socket,
  each: (status: number, body: Buffer) => void,
  wrong: (error: Error) => void
) => {
  let rest: Buffer = Buffer.alloc(0)
  socket.on("error", wrong)
  socket.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const end = rest.indexOf(endOfHead)
      if (end === -1) return
      const head = rest.toString("latin1", 0, end)
      const size = length.exec(head)
      if (size === null) return wrong(new Error(`a response does not say how long it is:\n${head}`))
      const total = end + 4 + Number(size[1])
      if (rest.length < total) return
      const status = Number(head.slice(9, 12))
      const body = rest.subarray(end + 4, total)
      rest = rest.subarray(total)
      each(status, body)
    }
  })
}

/** Loads a server for so long; returns how many requests were answered, each as it must be. */
export const run = async (port: number, load: Load, connections: number, seconds: number): Promise<number> => {
  const until = performance.now() + seconds * 1_000
  let answered = 0
  const caller = async () => {
    const socket = connect(port, host).setNoDelay(true)
    await once(socket, "connect")
    await new Promise<void>((resolve, reject) => {
      responses(
        socket,
        (status) => {
          if (status !== load.status) return reject(new Error(`answered ${status}, not ${load.status}`))
          answered += 1
          if (performance.now() > until) resolve()
          else socket.write(load.next())
        },
        reject
      )
      socket.once("close", () => reject(new Error("the server closed a connection")))
      socket.write(load.next())
    }).finally(() => socket.destroy())
  }
  await Promise.all(Array.from({ length: connections }, caller))
  return answered
}
