/**
 * A whole company on one machine: NATS if there is one, a process for each context, and the address in front.
 */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type ContextName, contexts } from "@popug/http/api"
import { freePort, natsArguments, natsServer } from "./broker.ts"
import { type Child, start } from "./children.ts"
import { keysOf } from "./keys.ts"
import type { PartName } from "./settings.ts"

export interface Options {
  /** What all processes have in common. */
  readonly environment: Readonly<Record<string, string>>
  /** The port of the front; 0 for any that is free. */
  readonly port: number
  /** The folder of all data. */
  readonly folder: string
  readonly secret: string
  /** A NATS that is there, `none` for none; otherwise one is started if the program is there. */
  readonly nats: string | undefined
  /** The databases of contexts; those without one have a folder. */
  readonly databases: Partial<Readonly<Record<ContextName, string>>>
  readonly said: (name: string, line: string) => void
  /** How a process reaches another, its database or NATS, where not straight: by an address of its own. */
  readonly way?: (from: PartName, to: ContextName | "database" | "nats", url: string) => Promise<string>
  /** The longest wait before a process is started again, in milliseconds. */
  readonly longest?: number
}

/** A company that runs. */
export interface Company {
  readonly url: string
  readonly nats: string | null
  /** Where each part is, and its process. */
  readonly parts: ReadonlyMap<PartName | "nats", { readonly url: string; readonly child: Child }>
  /** Waits until all of them are ready. */
  readonly ready: Promise<void>
  /** Ends all in order: who asks before who answers. */
  readonly end: () => Promise<void>
}

const main = fileURLToPath(new URL("main.ts", import.meta.url))
const node = ["--conditions=@popug/source", "--disable-warning=ExperimentalWarning", main]
const urlOf = (port: number) => `http://127.0.0.1:${port}`

/** Asks until somebody is ready, as a load balancer would. */
const untilReady = async (url: string, isOver: () => boolean): Promise<void> => {
  while (!isOver()) {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Starts NATS, unless one is given or none is wanted or there. */
const broker = async ({ folder, nats, said }: Options) => {
  if (nats !== undefined) return { url: nats === "none" ? null : nats, child: undefined }
  const file = natsServer()
  if (file === undefined) return { url: null, child: undefined }
  const port = await freePort()
  const args = natsArguments(port, join(folder, "nats"))
  return {
    url: `nats://127.0.0.1:${port}`,
    child: start({ name: "nats", file, args, environment: process.env, isNode: false, said })
  }
}

export const supervise = async (options: Options): Promise<Company> => {
  const { databases, environment, folder, longest, said, secret, way = async (_from, _to, url) => url } = options
  const nats = await broker(options)
  const ports = new Map<PartName, number>()
  for (const context of contexts) ports.set(context, await freePort())
  ports.set("front", options.port === 0 ? await freePort() : options.port)
  const common = {
    ...environment,
    POPUG_DATA_DIR: folder,
    POPUG_SECRET: secret,
    HOST: "127.0.0.1"
  }
  const parts = new Map<PartName | "nats", { readonly url: string; readonly child: Child }>()
  if (nats.child !== undefined) parts.set("nats", { url: nats.url!, child: nats.child })
  /** Where a process finds what it asks. */
  const around = async (name: PartName) => {
    const urls: Array<readonly [string, string]> = []
    for (const other of contexts) {
      urls.push([`POPUG_${other.toUpperCase()}_URL`, await way(name, other, urlOf(ports.get(other)!))])
    }
    if (name === "front") return Object.fromEntries(urls)
    if (nats.url !== null) urls.push(["POPUG_NATS_URL", await way(name, "nats", nats.url)])
    const database = databases[name]
    if (database !== undefined) urls.push(["DATABASE_URL", await way(name, "database", database)])
    return Object.fromEntries(urls)
  }
  const run = async (name: PartName, own: Readonly<Record<string, string | undefined>>) => {
    const port = ports.get(name)!
    const all = { ...common, ...(await around(name)), POPUG_SERVICE: name, PORT: String(port), ...own }
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    parts.set(name, {
      url: urlOf(port),
      child: start({
        name,
        file: process.execPath,
        args: node,
        environment: given,
        isNode: true,
        said,
        ...(longest === undefined ? {} : { longest })
      })
    })
  }
  for (const name of contexts) {
    await run(name, { ...keysOf(name, secret), POPUG_TRUSTED_PROXIES: "1" })
  }
  await run("front", { HOST: environment["HOST"] ?? "127.0.0.1" })

  let isOver = false
  const ready = Promise.all(
    [...parts].flatMap(([name, { url }]) => (name === "nats" ? [] : [untilReady(url, () => isOver)]))
  )
  return {
    url: urlOf(ports.get("front")!),
    nats: nats.url,
    parts,
    ready: ready.then(() => undefined),
    end: async () => {
      isOver = true
      for (const name of ["front", "reports", "billing", "tasks", "users", "nats"] as const) {
        await parts.get(name)?.child.end()
      }
    }
  }
}
