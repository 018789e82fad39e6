/**
 * What stands around a server: a database, a mail server, a collector.
 */
import { spawn } from "node:child_process"
import { createServer as createHttp } from "node:http"
import { type AddressInfo, createServer } from "node:net"
import { join } from "node:path"
import { root } from "./server.ts"

/** A database in the Postgres of all tests. */
export { database as postgres } from "../../../../packages/postgres/test/server/database.ts"

/** A Postgres in a process of its own, for who has it end. */
export const ownPostgres = async () => {
  const file = join(root, "packages/postgres/test/server/main.ts")
  const child = spawn(process.execPath, ["--conditions=@popug/source", file], { stdio: ["pipe", "pipe", "inherit"] })
  const ended = new Promise((resolve) => child.on("close", resolve))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk) => resolve(String(chunk).trim()))
    void ended.then(() => reject(new Error("Postgres did not start")))
  })
  return {
    url,
    stop: () => {
      child.kill("SIGTERM")
      return ended
    }
  }
}

const listen = (server: ReturnType<typeof createServer>): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)))

/** A mail server that takes everything (RFC 5321, as little as a client needs). */
export const mailServer = async () => {
  const mails: Array<string> = []
  const server = createServer((socket) => {
    let [input, isMail] = ["", false]
    const say = (line: string) => socket.write(`${line}\r\n`)
    const end = () => (isMail ? "\r\n.\r\n" : "\r\n")
    socket.on("error", () => undefined)
    socket.on("data", (chunk) => {
      input += chunk
      for (let at = input.indexOf(end()); at !== -1; at = input.indexOf(end())) {
        const text = input.slice(0, at)
        input = input.slice(at + end().length)
        if (isMail) mails.push(text)
        const command = isMail ? "." : text.slice(0, 4).toUpperCase()
        isMail = command === "DATA"
        say(isMail ? "354 go on" : command === "QUIT" ? "221 bye" : "250 ok")
      }
    })
    say("220 mail")
  })
  const port = await listen(server)
  return { url: `smtp://127.0.0.1:${port}`, mails, close: () => server.close() }
}

/** Takes what is sent by OTLP: the bodies under the path that they came to. */
export const collector = async () => {
  const received = new Map<string, Array<string>>()
  const server = createHttp((incoming, response) => {
    let body = ""
    incoming.on("data", (chunk) => (body += chunk))
    incoming.on("end", () => {
      received.set(incoming.url!, [...(received.get(incoming.url!) ?? []), body])
      response.setHeader("content-type", "application/json").end("{}")
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    at: (path: string): string => (received.get(path) ?? []).join("\n"),
    close: () => server.close()
  }
}
