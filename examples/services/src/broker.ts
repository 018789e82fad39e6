/**
 * Where NATS is: the one that is named, one that is started here, or none.
 */
import { existsSync } from "node:fs"
import { createServer } from "node:net"
import { delimiter, join } from "node:path"

/** A port that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen({ port: 0, host: "127.0.0.1" }, () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })

/** The program on the PATH; undefined where there is none. Debian has it where only root's PATH leads. */
export const natsServer = (path = process.env["PATH"] ?? ""): string | undefined =>
  [...path.split(delimiter), "/usr/sbin"].map((folder) => join(folder, "nats-server")).find((file) => existsSync(file))

/** How it is started: for this machine alone, with its files in a folder. */
export const natsArguments = (port: number, folder: string): ReadonlyArray<string> => [
  "--addr",
  "127.0.0.1",
  "--port",
  String(port),
  "--jetstream",
  "--store_dir",
  folder
]
