/**
 * A company in one process, and companies whose contexts are processes, each over databases of its own on one Postgres.
 */
import { mkdirSync, readdirSync, renameSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { freePort } from "@popug-examples/services/broker"
import { start } from "@popug-examples/services/children"
import { supervise } from "@popug-examples/services/supervise"
import { contexts } from "@popug/http/api"
import { connect } from "../postgres/sql.ts"

/** A company that runs. */
export interface Company {
  readonly name: string
  /** Where everything is asked: the server, or the front. */
  readonly url: string
  readonly urlOf: (context: "tasks" | "billing") => string
  /** What each of its processes is called, and its id. */
  readonly processes: () => ReadonlyArray<readonly [name: string, pid: number]>
  readonly databases: ReadonlyArray<string>
  readonly end: () => Promise<void>
}

const secret = "what the benchmark draws with"

/** Where each process leaves a profile as it ends. */
const profiles = process.env["BENCH_PROFILE"] === undefined ? undefined : resolve(process.env["BENCH_PROFILE"])

/** Ends a company. Node names a profile by its process's id: it is called by what that was instead. */
const ending = (company: string, processes: Company["processes"], end: () => Promise<void>) => async () => {
  const known = processes()
  await end()
  for (const file of profiles === undefined ? [] : readdirSync(profiles)) {
    const name = known.find(([, pid]) => file.startsWith("CPU.") && file.split(".")[3] === String(pid))?.[0]
    if (name !== undefined) renameSync(join(profiles!, file), join(profiles!, `${company}.${name}.cpuprofile`))
  }
}

/** Each is run as it is deployed: schemas compiled, limits off. */
const environment = (): Record<string, string> => {
  const options = [
    `--import=${import.meta.resolve("effect/schema/SchemaJITCompiler/enable")}`,
    ...(profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`])
  ]
  return {
    PATH: process.env["PATH"] ?? "",
    NODE_ENV: "production",
    NODE_OPTIONS: options.join(" "),
    POPUG_ADMIN: "anna",
    POPUG_DEV_LOGIN: "true",
    POPUG_RATE_LIMIT: "0",
    POPUG_RATE_LIMIT_ADDRESS: "0",
    POPUG_TASKS_A_DAY: "0",
    POPUG_LOG_LEVEL: "Error"
  }
}

/** What a process says is heard when it does not come up. */
const listening = () => {
  const said: Array<string> = []
  return {
    said: (name: string, line: string) => void said.push(`${name} ${line}`),
    all: () => said.slice(-50).join("\n")
  }
}

const ready = async (url: string, what: () => string, end: () => Promise<void>): Promise<void> => {
  for (let waited = 0; waited < 120_000; waited += 100) {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok === true) return
    if (what().includes("is started again")) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await end()
  throw new Error(`${url} did not come up:\n${what()}`)
}

const databaseAt = (server: string, name: string) => Object.assign(new URL(server), { pathname: `/${name}` }).href

const makeDatabases = async (server: string, names: ReadonlyArray<string>) => {
  const { close, runAll } = await connect(server, 1)
  await runAll(names.map((name) => `create database ${name}`))
  await close()
}

const main = fileURLToPath(import.meta.resolve("@popug-examples/server/main"))

/** All contexts in one process. */
export const whole = async (server: string, root: string): Promise<Company> => {
  const [name, folder] = ["whole", join(root, "whole")]
  mkdirSync(folder)
  await makeDatabases(server, [name])
  const port = await freePort()
  const log = listening()
  const child = start({
    name,
    file: process.execPath,
    args: ["--conditions=@popug/source", "--disable-warning=ExperimentalWarning", main],
    environment: {
      ...environment(),
      HOST: "127.0.0.1",
      PORT: String(port),
      POPUG_SECRET: secret,
      POPUG_DATA_DIR: folder,
      DATABASE_URL: databaseAt(server, name)
    },
    isNode: true,
    said: log.said
  })
  const url = `http://127.0.0.1:${port}`
  await ready(url, log.all, child.end)
  const processes = () => [["server", child.pid()!]] as const
  return { name, url, urlOf: () => url, processes, databases: [name], end: ending(name, processes, child.end) }
}

/** Each context in its own, with a NATS of its own or without. */
export const apart = async (server: string, root: string, broker: "nats" | "none"): Promise<Company> => {
  const [name, folder] = [`apart_${broker}`, join(root, broker)]
  mkdirSync(folder)
  const databases = contexts.map((context) => `${name}_${context}`)
  await makeDatabases(server, databases)
  const log = listening()
  const company = await supervise({
    environment: environment(),
    port: 0,
    folder,
    secret,
    nats: broker === "none" ? "none" : undefined,
    databases: Object.fromEntries(contexts.map((context) => [context, databaseAt(server, `${name}_${context}`)])),
    said: log.said
  })
  for (const [part, { url }] of company.parts) if (part !== "nats") await ready(url, log.all, company.end)
  const processes = () => [...company.parts].map(([part, { child }]) => [part, child.pid()!] as const)
  return {
    name,
    url: company.url,
    urlOf: (context) => company.parts.get(context)!.url,
    processes,
    databases,
    end: ending(name, processes, company.end)
  }
}
