/**
 * A thousand open streams of events: what they hold, what they take, and how late an event is.
 */
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { request } from "./load.ts"
import type { Settings } from "./rates.ts"
import { open } from "./remote.ts"
import { line, number, percent, type Section } from "./section.ts"
import { host } from "./servers/server.ts"

const streams = 1_000
const ticks = 20
/** How long the server is left alone before it is looked at, in milliseconds. */
const settling = 3_000

const quantile = (values: ReadonlyArray<number>, at: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * at)]!

/** Opens a stream and calls back with everything that comes; resolves at the first sign of life. */
const follow = async (port: number, message: Buffer, heard: (text: string) => void): Promise<Socket> => {
  const socket = connect(port, host)
  await once(socket, "connect")
  socket.write(message)
  const first = once(socket, "data")
  socket.on("data", (chunk: Buffer) => heard(chunk.toString("latin1")))
  const [head] = (await first) as [Buffer]
  if (!head.toString("latin1").startsWith("HTTP/1.1 200")) throw new Error(`no stream: ${head.toString("utf8")}`)
  return socket
}

export const openStreams = async ({ say }: Settings): Promise<Section> => {
  const server = await open("assembled", "core")
  const sockets: Array<Socket> = []
  const sentAt: Array<number> = []
  const delays: Array<number> = []
  const heard = (text: string) => {
    for (const [, tick] of text.matchAll(/"change":"created"[^}]*"title":"tick (\d+)"/g)) {
      delays.push(performance.now() - sentAt[Number(tick)]!)
    }
  }
  const write = async (title: string) => {
    const headers = { ...server.headers, "content-type": "application/json" }
    const body = JSON.stringify({ title })
    const { status } = await fetch(`http://${host}:${server.port}/v1/tasks`, { method: "POST", headers, body })
    if (status !== 201) throw new Error(`a task was answered with ${status}`)
  }
  try {
    say("streams")
    // What the first of anything loads is not the streams'.
    const message = request("GET", "/v1/events/feed?source=tasks", { ...server.headers, accept: "text/event-stream" })
    const one = await follow(server.port, message, () => {})
    for (let index = 0; index < 5; index++) await write(`warm ${index}`)
    one.destroy()
    await sleep(settling)
    const empty = await server.used(true)
    while (sockets.length < streams) {
      const some = Array.from({ length: 50 }, () => follow(server.port, message, heard))
      sockets.push(...(await Promise.all(some)))
    }
    await sleep(settling)
    const idle = await server.used(true)
    const idleFrom = performance.now()
    await sleep(5_000)
    const busy = await server.used()
    const busyFrom = performance.now()
    for (let tick = 0; tick < ticks; tick++) {
      sentAt.push(performance.now())
      await write(`tick ${tick}`)
      await sleep(Math.max(0, busyFrom + (tick + 1) * 1_000 - performance.now()))
    }
    const end = await server.used()
    const until = performance.now()
    if (delays.length !== streams * ticks) throw new Error(`${delays.length} of ${streams * ticks} events arrived`)
    const held = await server.used(true)
    const rows = [
      ["heap for each stream", `${number((idle.heapBytes - empty.heapBytes) / streams / 1024)} KiB`],
      ["resident memory for each stream", `${number((idle.residentBytes - empty.residentBytes) / streams / 1024)} KiB`],
      ["the same after the events", `${number((held.residentBytes - empty.residentBytes) / streams / 1024)} KiB`],
      ["CPU while nothing happens", percent(((busy.cpuSeconds - idle.cpuSeconds) * 1_000) / (busyFrom - idleFrom))],
      ["CPU with a command each second", percent(((end.cpuSeconds - busy.cpuSeconds) * 1_000) / (until - busyFrom))],
      [
        "CPU for each event delivered",
        `${number(((end.cpuSeconds - busy.cpuSeconds) * 1e6) / (2 * delays.length))} µs`
      ],
      ["from the command sent to the event read, p50", `${number(quantile(delays, 0.5))} ms`],
      ["the same, p99", `${number(quantile(delays, 0.99))} ms`]
    ] as const
    return {
      rows: [],
      text: [
        line(`${number(streams)} open streams of events`, ""),
        line("---", "---:"),
        ...rows.map((row) => line(...row))
      ].join("\n")
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    await server.close()
  }
}
