/**
 * How days are ended, and how one sees from outside that all is done.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { type ContextName, contexts } from "@popug/http/api"
import type { Answer, Clients } from "./Clients.ts"
import type { Deployment } from "./Deployment.ts"

const day = 86_400_000

/** Asks until it is so; the last answer in words if it does not come to that. */
export const until = async (within: number, ask: () => Promise<string | null>): Promise<string | null> => {
  const end = Date.now() + within
  while (true) {
    const left = await ask()
    if (left === null || Date.now() > end) return left
    await sleep(100)
  }
}

/** Moves a context's clock to so many days in front; false if it does not answer. */
const move = async (deployment: Deployment, clients: Clients, name: ContextName, days: number): Promise<boolean> => {
  const { url } = deployment.company.parts.get(name)!
  const advance = (by: number) =>
    clients
      .send({ method: "POST", path: "/dev/clock", body: { days: by } }, "admin", undefined, url)
      .catch(() => undefined)
  const shown = await advance(0)
  if (shown?.status !== 200) return false
  const left = days - Math.round((Date.parse(shown.json.now) - Date.now()) / day)
  return left <= 0 || (await advance(left))?.status === 200
}

/** The clocks of all contexts, the one that ends days last: what comes of it they have to hear by themselves. */
const inOrder = [...contexts.filter((name) => name !== "tasks"), "tasks"] as ReadonlyArray<ContextName>

/** Moves the clocks of those who answer. */
export const moveSome = async (deployment: Deployment, clients: Clients, days: number, but?: string): Promise<void> => {
  for (const name of inOrder) if (name !== but) await move(deployment, clients, name, days)
}

/** Moves the clocks of all; in words what can't be moved. */
export const moveAll = async (deployment: Deployment, clients: Clients, days: number, within: number) => {
  for (const name of inOrder) {
    const left = await until(within, async () =>
      (await move(deployment, clients, name, days)) ? null : `the clock of ${name} can't be moved`
    )
    if (left !== null) return left
  }
  return null
}

interface Standing {
  readonly consumer: string
  readonly behind: number
  readonly stopped: unknown
  readonly failing: unknown
}

const fine = (answer: Answer | undefined): answer is Answer => answer?.status === 200
const said = (answer: Answer | undefined) =>
  answer === undefined ? "no answer" : `${answer.status} ${JSON.stringify(answer.json)}`.slice(0, 500)

/** What is not done yet, asked through the front; null when all days before this one are closed, reported and told. */
export const unsettled = async (clients: Clients, days: number): Promise<string | null> => {
  const streams = await clients.get("/v1/operations/streams")
  if (!fine(streams)) return `streams: ${said(streams)}`
  const behind = (streams.json.data as ReadonlyArray<Standing>).filter(
    ({ behind, failing, stopped }) => behind !== 0 || stopped !== null || failing !== null
  )
  if (behind.length > 0) return `streams: ${JSON.stringify(behind)}`
  const last = new Date(Date.now() + (days - 1) * day).toISOString().slice(0, 10)
  const closed = await clients.get(`/v1/billing/periods/${last}`)
  if (!fine(closed)) return `the close of ${last}: ${said(closed)}`
  const report = await clients.get(`/v1/reports/daily/${last}`)
  if (!fine(report)) return `the report of ${last}: ${said(report)}`
  const pending = await clients.get("/v1/operations/notices?status=pending&limit=5")
  if (!fine(pending)) return `notices: ${said(pending)}`
  return pending.json.data.length === 0 ? null : `notices: ${JSON.stringify(pending.json.data).slice(0, 500)}`
}
