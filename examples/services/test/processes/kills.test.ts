/**
 * Real processes, killed with -9 or stopped while people work: each is started again, and what was answered is booked
 * once. `npm run test:services` runs it.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { supervise } from "../../src/supervise.ts"
import { requests, until } from "../support/requests.ts"

const folder = mkdtempSync(join(tmpdir(), "popug-processes-"))
const said: Array<string> = []
let company: Awaited<ReturnType<typeof supervise>>
let asked: ReturnType<typeof requests>
/** The tasks that were answered with 201, by their ids. */
const made = new Set<string>()

beforeAll(async () => {
  company = await supervise({
    environment: {
      ...(process.env as Record<string, string>),
      POPUG_DEV_LOGIN: "true",
      POPUG_DEMO: "true",
      POPUG_RATE_LIMIT: "0",
      POPUG_RATE_LIMIT_ADDRESS: "0",
      POPUG_LOG_LEVEL: "Warn"
    },
    port: 0,
    folder,
    secret: "what prices and draws are keyed by",
    nats: undefined,
    databases: {},
    said: (name, line) => void said.push(`${name} ${line}`)
  })
  await company.ready
  asked = requests(company.url)
  await until(
    () => asked.tokenOf("masha").catch(() => undefined),
    (token) => token !== undefined
  )
  await Promise.all(["anna", "olga"].map((user) => asked.tokenOf(user)))
}, 300_000)
afterAll(async () => {
  await company?.end()
  rmSync(folder, { recursive: true, force: true })
}, 120_000)

const pidOf = (part: Parameters<typeof company.parts.get>[0]) => company.parts.get(part)!.child.pid()

/** Somebody who creates tasks all the time, each under a key of its own, until it is answered. */
const working = (prefix: string) => {
  const work = { isOver: false }
  const done = (async () => {
    for (let count = 0; !work.isOver || count < 5; count++) {
      const id = `${prefix}-${count}`
      const create = () =>
        asked.post("/v1/tasks", { id, title: id }, "masha", { "idempotency-key": id }).catch(() => ({ status: 0 }))
      const { status } = await until(create, (answer) => answer.status === 201, 120_000)
      expect(status).toBe(201)
      made.add(id)
    }
  })()
  return {
    end: () => {
      work.isOver = true
      return done
    }
  }
}

interface Stream {
  readonly behind: number
  readonly stopped: unknown
}

const caughtUp = async () => {
  await until(
    () => asked.get("/v1/operations/streams").catch(() => ({ status: 0, json: undefined })),
    ({ json, status }) =>
      status === 200 && json.data.every(({ behind, stopped }: Stream) => behind === 0 && stopped === null),
    120_000
  )
  const { json } = await asked.get("/v1/billing/verification")
  expect(json.difference).toBeNull()
  expect((await asked.get("/v1/tasks/counts")).json.all.open).toBe(made.size)
  // One fee for each task: what was sent twice was done once.
  const fees = new Map<string, number>()
  let more = ""
  do {
    const { json: page } = await asked.get(`/v1/billing/audit-log?limit=100&kind=fee${more}`)
    for (const { task } of page.data) fees.set(task.id, (fees.get(task.id) ?? 0) + 1)
    more = page.hasMore ? `&cursor=${page.nextCursor}` : ""
  } while (more !== "")
  expect([...fees.keys()].sort()).toEqual([...made].sort())
  expect([...fees.values()].every((count) => count === 1)).toBe(true)
}

describe("processes", { timeout: 300_000 }, () => {
  it.each(["billing", "tasks", "reports", "users", "front", "nats"] as const)(
    "%s, killed with -9 while people work, is there again, and nothing is lost or done twice",
    async (part) => {
      if (company.parts.get(part) === undefined) return
      const work = working(`killed-${part}`)
      const first = pidOf(part)!
      process.kill(first, "SIGKILL")
      await until(
        async () => pidOf(part),
        (pid) => pid !== undefined && pid !== first
      )
      await work.end()
      await caughtUp()
    }
  )

  it.each(["billing", "users"] as const)("%s, paused in the middle, holds up nothing for good", async (part) => {
    const work = working(`paused-${part}`)
    const pid = pidOf(part)!
    process.kill(pid, "SIGSTOP")
    await new Promise((resolve) => setTimeout(resolve, 8_000))
    process.kill(pid, "SIGCONT")
    await work.end()
    await caughtUp()
  })

  it("end in order", async () => {
    await company.end()
    expect([...company.parts.values()].map(({ child }) => child.pid())).toEqual([...company.parts].map(() => undefined))
  })
})
