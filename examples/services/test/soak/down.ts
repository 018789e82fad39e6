/**
 * Each service down for a while: the others do what the table of docs/operating/beyond-one-machine.md says.
 */
import { Actor } from "@popug/core"
import { type ContextName, contexts } from "@popug/http/api"
import { Elsewhere } from "@popug/testkit/simulation"
import type { Child } from "../../src/children.ts"
import type { Answer, Clients } from "./Clients.ts"
import type { Deployment } from "./Deployment.ts"
import { moveSome, until } from "./settling.ts"

const day = 86_400_000
/** How long it may take until it is as the table says, in milliseconds. */
const patience = 60_000

export interface Days {
  /** Has the next day come, and says which it is. */
  readonly nextDay: () => number
  readonly days: () => number
  readonly settle: (what: string) => Promise<boolean>
  readonly note: (line: string) => void
}

/** Killed, and not started again until it is wanted. */
const down = async (child: Child): Promise<() => Promise<void>> => {
  const pid = child.pid()
  const ended = child.end()
  if (pid !== undefined) process.kill(pid, "SIGKILL")
  await ended
  return async () => child.again()
}

interface Row {
  readonly what: string
  readonly begin: () => Promise<() => Promise<void>>
  /** What is wrong with how the others do, in a sentence each. */
  readonly others: () => Promise<ReadonlyArray<string>>
}

const rows = (deployment: Deployment, clients: Clients, days: Days): ReadonlyArray<Row> => {
  const { company, nats, ways } = deployment
  const questions: Readonly<Record<ContextName, string>> = {
    users: "/v1/users",
    tasks: "/v1/tasks",
    billing: "/v1/billing/trial-balance",
    reports: "/v1/reports/daily"
  }
  /** Asks until it is answered so, as somebody whom all know; says what it was if it does not come to it. */
  const answers = async (path: string, status: number, url?: string) => {
    let last: Answer | undefined
    const left = await until(patience, async () => {
      last = await clients.get(path, "admin", url)
      return last?.status === status ? null : `${path} is ${last?.status ?? "not answered"}, expected ${status}`
    })
    if (left === null && status === 503 && path.startsWith("/v1/") && last?.headers.has("retry-after") !== true)
      return [`${path} has no Retry-After`]
    return left === null ? [] : [left]
  }
  let made = 0
  /** Somebody creates a task, which is taken in the end. */
  const creates = async (): Promise<ReadonlyArray<string>> => {
    const key = `down-${++made}`
    const title = Elsewhere.titleOf(`c${1_000_000 + made}`)
    const work = clients.perform(key, {
      actor: Actor.user("admin"),
      act: { _tag: "CreateTasks", tasks: [{ title }] }
    })
    let is: string | undefined
    void work.then(({ outcome }) => (is = outcome?._tag))
    const left = await until(patience, async () => (is === "Acknowledged" ? null : `a task is not created: ${is}`))
    return left === null ? [] : [left]
  }
  const go = async (...names: ReadonlyArray<ContextName>) =>
    (await Promise.all(names.map((name) => answers(questions[name], 200)))).flat()
  const isDown = (name: ContextName) => answers(questions[name], 503)
  /** Moves the clocks of those that are up, and returns the day that is over. */
  const over = async (but: ContextName) => {
    const next = days.nextDay()
    await moveSome(deployment, clients, next, but)
    return new Date(Date.now() + (next - 1) * day).toISOString().slice(0, 10)
  }
  const childOf = (name: Parameters<typeof company.parts.get>[0]) => company.parts.get(name)!.child

  const expected: Readonly<Record<ContextName, () => Promise<ReadonlyArray<string>>>> = {
    // Nobody can be known for longer than the lease lasts.
    users: async () => (await Promise.all(contexts.map(isDown))).flat(),
    tasks: async () => [...(await isDown("tasks")), ...(await go("users", "billing", "reports"))],
    billing: async () => [
      ...(await isDown("billing")),
      ...(await creates()),
      ...(await answers("/v1/billing/shuffles/preview", 503)),
      ...(await go("users", "tasks", "reports"))
    ],
    reports: async () => {
      const period = await over("reports")
      return [
        ...(await isDown("reports")),
        ...(await creates()),
        ...(await answers(`/v1/billing/periods/${period}`, 200)),
        ...(await go("users", "tasks", "billing"))
      ]
    }
  }
  const processes = contexts.map((name): Row => ({
    what: `${name} is down`,
    begin: () => down(childOf(name)),
    others: expected[name]
  }))
  const databases = [...ways.keys()]
    .filter((name) => name.endsWith(" to database"))
    .map((name): Row => {
      const way = ways.get(name)!
      const context = name.split(" ")[0] as ContextName
      return {
        what: `the database of ${context} is away`,
        begin: async () => {
          way.cut()
          return async () => way.mend()
        },
        others: async () => [
          ...(await answers("/readyz", 503, company.parts.get(context)!.url)),
          ...(await expected[context]())
        ]
      }
    })
  const front: Row = {
    what: "the front is down",
    begin: () => down(childOf("front")),
    others: async () => {
      const period = await over("reports")
      await moveSome(deployment, clients, days.days())
      return [
        ...((await clients.get("/v1/tasks")) === undefined ? [] : ["the front answers"]),
        ...(await answers(`/v1/billing/periods/${period}`, 200, company.parts.get("billing")!.url)),
        ...(await answers(`/v1/reports/daily/${period}`, 200, company.parts.get("reports")!.url))
      ]
    }
  }
  const broker: ReadonlyArray<Row> =
    nats === undefined
      ? []
      : [
          {
            what: "NATS is down",
            begin: async () => {
              await nats.kill()
              return () => nats.start({ empty: true })
            },
            others: async () => {
              const made = await creates()
              const settled = await days.settle("NATS is down")
              return [...made, ...(settled ? [] : ["it is not done while NATS is down"]), ...(await go(...contexts))]
            }
          }
        ]
  return [...processes, ...broker, front, ...databases]
}

/** Has each down in turn, and returns what was not as the table says. */
export const each = async (deployment: Deployment, clients: Clients, days: Days): Promise<ReadonlyArray<string>> => {
  for (const { begin, others, what } of rows(deployment, clients, days)) {
    days.note(what)
    const end = await begin()
    const wrong = await others()
    await end()
    if (wrong.length > 0) return wrong.map((line) => `${what}: ${line}`)
    if (!(await days.settle(`after ${what}`))) return []
  }
  return []
}
