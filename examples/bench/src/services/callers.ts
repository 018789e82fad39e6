/**
 * People who work: each creates a task, finishes it and looks at a balance, over and over, on kept connections.
 */
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { request, responses } from "../http/load.ts"
import type { Company } from "./subjects.ts"

interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** A kept connection: one request after another. */
interface Connection {
  readonly ask: (asked: Buffer, status: number) => Promise<Answer>
  readonly close: () => void
}

const open = async (url: string): Promise<Connection> => {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect(Number(port), hostname).setNoDelay(true)
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined
  const wrong = (error: Error) => waiting?.reject(error)
  responses(socket, (status, body) => waiting?.resolve({ status, body }), wrong)
  socket.once("close", () => wrong(new Error("the server closed a connection")))
  await once(socket, "connect")
  return {
    ask: async (asked, status) => {
      const answer = await new Promise<Answer>((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(asked)
      })
      if (answer.status !== status) throw new Error(`answered ${answer.status}, not ${status}: ${answer.body}`)
      return answer
    },
    close: () => void socket.destroy()
  }
}

/** Somebody who may do everything, and where they ask. */
export interface Place {
  readonly name: string
  readonly company: Company
  readonly headers: Readonly<Record<string, string>>
  /** Whether contexts are asked themselves, and not the front. */
  readonly isStraight: boolean
}

/** How long each took, in milliseconds. */
export interface Worked {
  readonly commands: ReadonlyArray<number>
  readonly reads: ReadonlyArray<number>
}

const popugs = 10
const fine = async (response: Promise<Response>) => {
  const answer = await response
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`)
  return answer.json() as Promise<Readonly<Record<string, unknown>>>
}
const post = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...headers, "content-type": "application/json" }
  })

/** Signs in, and hires people to do the work. */
export const staff = async (company: Company): Promise<Readonly<Record<string, string>>> => {
  const { token } = await fine(post(`${company.url}/dev/login`, { user: "anna" }))
  const headers = { authorization: `Bearer ${token}` }
  const users = Array.from({ length: popugs }, (_, index) => ({
    id: `popug-${index}`,
    name: "Popug",
    roles: ["worker"]
  }))
  await fine(post(`${company.url}/v1/users/batch`, { users }, headers))
  return headers
}

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

interface Stream {
  readonly behind: number
}

/** Waits until all contexts have applied all that was done. */
export const settled = async ({ company, headers }: Pick<Place, "company" | "headers">): Promise<void> => {
  for (let waited = 0; waited < 120_000; waited += 20) {
    const { data } = await fine(fetch(`${company.url}/v1/operations/streams`, { headers }))
    if ((data as ReadonlyArray<Stream>).every(({ behind }) => behind === 0)) return
    await pause(20)
  }
  throw new Error(`${company.name} did not catch up`)
}

let made = 0
const creation = (headers: Place["headers"]) =>
  request("POST", "/v1/tasks", headers, { title: `Task number ${(made += 1)}` })
const idOf = ({ body }: Answer): string => (JSON.parse(body.toString()) as { readonly id: string }).id

const timed = async (into: Array<number>, ask: () => Promise<Answer>): Promise<Answer> => {
  const start = performance.now()
  const answer = await ask()
  into.push(performance.now() - start)
  return answer
}

/** So many callers until they are told to stop. */
export const work = ({ company, headers, isStraight }: Place, callers: number) => {
  const [commands, reads]: [Array<number>, Array<number>] = [[], []]
  const until = { isOver: false }
  const caller = async (index: number) => {
    const tasks = await open(isStraight ? company.urlOf("tasks") : company.url)
    const billing = isStraight ? await open(company.urlOf("billing")) : tasks
    const balance = request("GET", `/v1/billing/accounts/popug-${index % popugs}`, headers)
    while (!until.isOver) {
      const id = idOf(await timed(commands, () => tasks.ask(creation(headers), 201)))
      await timed(commands, () => tasks.ask(request("POST", `/v1/tasks/${id}/complete`, headers, {}), 200))
      await timed(reads, () => billing.ask(balance, 200))
    }
    tasks.close()
    billing.close()
  }
  const all = Promise.all(Array.from({ length: callers }, (_, index) => caller(index)))
  return {
    stop: async (): Promise<Worked> => {
      until.isOver = true
      await all
      return { commands, reads }
    },
    failed: all
  }
}

/** So many callers for so long. */
export const workFor = async (place: Place, callers: number, seconds: number): Promise<Worked> => {
  const { failed, stop } = work(place, callers)
  await Promise.race([pause(seconds * 1_000), failed])
  return stop()
}

/** How long it takes from the answer to a new task until its fee is read in the books, so many times. */
export const lags = async ({ company, headers, isStraight }: Place, count: number): Promise<ReadonlyArray<number>> => {
  const tasks = await open(isStraight ? company.urlOf("tasks") : company.url)
  // Billing is looked at itself: the way through the front is no part of it.
  const billing = await open(company.urlOf("billing"))
  const found: Array<number> = []
  for (let probe = 0; probe < count; probe++) {
    const id = idOf(await tasks.ask(creation(headers), 201))
    const start = performance.now()
    const look = request("GET", `/v1/billing/audit-log?task=${id}&limit=1`, headers)
    for (;;) {
      const { body } = await billing.ask(look, 200)
      if ((JSON.parse(body.toString()) as { data: ReadonlyArray<unknown> }).data.length > 0) break
      await pause(1)
    }
    found.push(performance.now() - start)
  }
  tasks.close()
  billing.close()
  return found
}
