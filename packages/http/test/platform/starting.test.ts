/**
 * A server that listens already, while what it serves is still being built.
 */
import type { AddressInfo } from "node:net"
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
