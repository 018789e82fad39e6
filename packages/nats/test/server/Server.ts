/**
 * A nats-server for tests, with its store in a temporary folder. It ends with the process that started it, however that
 * ends.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { natsServer } from "../../../../scripts/nats.mjs"

export interface Server {
  readonly url: string
  readonly port: number
  /** Ends the server as a crash would. */
  readonly kill: () => Promise<void>
  /** Starts it again after a crash, with what it had or with nothing. */
  readonly start: (options?: { readonly empty?: boolean }) => Promise<void>
  /** Has it stand still, and go on. */
  readonly pause: () => void
  readonly resume: () => void
  /** Ends the server and removes its folder. */
  readonly stop: () => Promise<void>
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer()
    probe.once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** Whether somebody greets at the port as a nats-server does. */
const greets = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1")
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once("data", (data) => end(data.toString().startsWith("INFO")))
    socket.once("error", () => end(false))
    socket.once("close", () => resolve(false))
  })

/**
 * Says the server's process, and ends it and removes its folder once nobody holds the other end of the input: the
 * kernel closes that when whoever started it is gone.
 */
const guard = `folder=$1; shift; exec 3<&0
"$@" >"$folder/log" 2>&1 & server=$!
echo $server
(cat <&3 >/dev/null; kill -9 $server; rm -rf "$folder") & watch=$!
wait $server
kill $watch`

export const launch = async (): Promise<Server> => {
  if (natsServer === undefined) throw new Error("there is no nats-server on the PATH")
  const folder = mkdtempSync(join(tmpdir(), "popug-nats-"))
  const port = await freePort()
  let child: ChildProcess
  let pid = 0
  let gone = Promise.resolve()

  const start: Server["start"] = async ({ empty = false } = {}) => {
    if (empty) rmSync(join(folder, "store"), { recursive: true, force: true })
    const args = ["-a", "127.0.0.1", "-p", `${port}`, "-js", "-sd", join(folder, "store")]
    child = spawn("sh", ["-c", guard, "sh", folder, natsServer!, ...args], { stdio: ["pipe", "pipe", "ignore"] })
    gone = new Promise((resolve) => child.once("exit", () => resolve()))
    pid = Number(String(await new Promise((resolve) => child.stdout!.once("data", resolve))))
    for (let waited = 0; waited < 30_000; waited += 20) {
      if (await greets(port)) return
      await sleep(20)
    }
    throw new Error("nats-server did not start")
  }

  const signal = (name: NodeJS.Signals) => void process.kill(pid, name)
  await start()
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    kill: async () => {
      signal("SIGKILL")
      await gone
      child.stdin!.end()
    },
    start,
    pause: () => signal("SIGSTOP"),
    resume: () => signal("SIGCONT"),
    stop: async () => {
      child.stdin!.end()
      await gone
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
