/**
 * Processes that are kept going.
 */
import { describe, expect, it } from "vitest"
import { natsServer } from "../src/broker.ts"
import { start } from "../src/children.ts"
import { until } from "./support/requests.ts"

const node = (program: string, said: Array<string> = []) =>
  start({
    name: "child",
    file: process.execPath,
    args: ["-e", program],
    environment: process.env,
    isNode: true,
    said: (_, line) => void said.push(line)
  })

describe("a process", { timeout: 60_000 }, () => {
  it("is started again when it ends, after a while that grows", async () => {
    const said: Array<string> = []
    const child = node("process.exit(3)", said)
    await until(
      async () => child.restarts(),
      (count) => count >= 2
    )
    await child.end()
    const waits = said.flatMap((line) => /^child ended with 3; .* in (\d+) ms$/u.exec(line)?.[1] ?? [])
    expect(waits.slice(0, 2)).toEqual(["500", "1000"])
  })

  it("ends in its own way when it is told to, and does not come back", async () => {
    const said: Array<string> = []
    const child = node(
      `process.on("SIGTERM", () => { console.log("done"); process.exit(0) }); console.log("up"); setInterval(() => {}, 1000)`,
      said
    )
    await until(
      async () => said,
      (lines) => lines.includes("up")
    )
    await child.end()
    expect(said).toEqual(["up", "done"])
    expect([child.pid(), child.restarts()]).toEqual([undefined, 0])
    child.again()
    await until(
      async () => said,
      (lines) => lines.filter((line) => line === "up").length === 2
    )
    await child.end()
  })
})

it("NATS is found where it is, and is no matter where it is not", () => {
  const found = natsServer("/nowhere")
  expect(found === undefined || found === "/usr/sbin/nats-server").toBe(true)
})
