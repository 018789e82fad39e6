/**
 * A server that listens already, while what it serves is still being built.
 */
import { type AddressInfo, connect } from "node:net"
import { expect, it } from "vitest"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"

it("answers what was asked before its routes were there, once they are", async () => {
  const { server } = NodeServer.make()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const asked = new Promise<void>((resolve) => {
    const emit = server.emit.bind(server) as (event: string, ...args: ReadonlyArray<unknown>) => boolean
    server.emit = (event: string, ...args: ReadonlyArray<unknown>) => {
      if (event === "request") resolve()
      return emit(event, ...args)
    }
  })
  const early = fetch(`http://127.0.0.1:${port}/early`)
  await asked
  server.on("request", ({ url }, response) => response.end(url))
  expect(await (await early).text()).toBe("/early")
  expect(await (await fetch(`http://127.0.0.1:${port}/late`)).text()).toBe("/late")
  server.close()
  server.closeAllConnections()
})

/** A server without routes, and how many requests it has been sent. */
const starting = async () => {
  const { server } = NodeServer.make()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  let asked = 0
  const emit = server.emit.bind(server) as (event: string, ...args: ReadonlyArray<unknown>) => boolean
  server.emit = (event: string, ...args: ReadonlyArray<unknown>) => {
    if (event === "request") asked++
    return emit(event, ...args)
  }
  return { server, port, asked: () => asked }
}

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

it("does not serve who has given up waiting for the routes", async () => {
  const { asked, port, server } = await starting()
  const leaving = connect(port, "127.0.0.1")
  leaving.write("POST /left HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")
  await until(() => asked() === 1)
  const staying = fetch(`http://127.0.0.1:${port}/stayed`)
  await until(() => asked() === 2)
  let open = 0
  server.getConnections((_, count) => (open = count))
  await until(() => open === 2)
  leaving.destroy()
  await until(() => {
    server.getConnections((_, count) => (open = count))
    return open === 1
  })
  const served: Array<string | undefined> = []
  server.on("request", ({ url }, response) => {
    served.push(url)
    response.end()
  })
  await staying
  expect(served).toEqual(["/stayed"])
  server.close()
  server.closeAllConnections()
})

it("holds no more requests than it can, however they come", async () => {
  const { asked, port, server } = await starting()
  const crowd = connect(port, "127.0.0.1")
  const request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n"
  // Pipelined: one connection is enough.
  crowd.write(request.repeat(1_000))
  await until(() => asked() === 1_000)
  const turnedAway = await fetch(`http://127.0.0.1:${port}/one-more`)
  expect([turnedAway.status, turnedAway.headers.get("retry-after")]).toEqual([503, "1"])
  crowd.on("error", () => undefined).write(request)
  await new Promise((resolve) => crowd.once("close", resolve))
  server.on("request", (_, response) => response.end())
  expect((await fetch(`http://127.0.0.1:${port}/later`)).status).toBe(200)
  server.close()
  server.closeAllConnections()
})
