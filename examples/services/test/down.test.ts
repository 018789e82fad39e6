/**
 * What happens while one of them is down: the table of docs/operating/beyond-one-machine.md, row by row. All that was
 * begun is booked once when it is back, without help.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Apart, apart } from "./support/company.ts"
import { postgres } from "./support/outside.ts"
import { type Answer, requests, until } from "./support/requests.ts"
import { wayTo } from "./support/way.ts"

let database: Awaited<ReturnType<typeof postgres>>
/** The way to billing's database. */
let way: Awaited<ReturnType<typeof wayTo>>
let company: Apart
let asked: ReturnType<typeof requests>
/** The tasks that were made so far. */
const made: Array<string> = []

beforeAll(async () => {
  database = await postgres()
  const { hostname, port } = new URL(database.url)
  way = await wayTo(hostname, Number(port))
  const over = Object.assign(new URL(database.url), { hostname: "127.0.0.1", port: String(way.port) })
  company = await apart({ databaseOf: (part) => (part === "billing" ? over.href : database.url) })
  asked = requests(company.url)
  await Promise.all(["anna", "masha", "olga"].map((user) => asked.tokenOf(user)))
  await create("first")
  await caughtUp()
}, 120_000)
afterAll(async () => {
  await company?.close()
  await way?.close()
  await database?.stop()
})

const create = async (id: string): Promise<Answer> => {
  const answer = await asked.post("/v1/tasks", { id, title: `Task ${id}` })
  if (answer.status === 201) made.push(id)
  return answer
}

interface Standing {
  readonly behind: number
  readonly stopped: unknown
  readonly failing: unknown
}
/** Waits until every consumer has applied all there is. */
const caughtUp = async () => {
  await until(
    () => asked.get("/v1/operations/streams"),
    ({ json, status }) =>
      status === 200 &&
      json.data.every(({ behind, failing, stopped }: Standing) => behind === 0 && stopped === null && failing === null)
  )
  // What is closed is told, with the audit log as it was sealed.
  await until(
    () => asked.get("/v1/operations/notices?status=pending"),
    ({ json, status }) => status === 200 && json.data.length === 0
  )
  // Every task is charged once for its first assignment, and all that is recorded makes what is in the stores.
  const { json } = await asked.get("/v1/billing/audit-log?limit=100")
  const fees = json.data.filter(({ kind }: { kind: string }) => kind === "fee")
  expect(fees.map(({ task }: { task: { id: string } }) => task.id).sort()).toEqual([...made].sort())
  expect((await asked.get("/v1/billing/verification")).json.difference).toBeNull()
}

const unavailable = (answer: Answer, who: RegExp) => {
  expect(answer.status).toBe(503)
  expect(answer.headers.get("retry-after")).toBe("1")
  expect(answer.json.type).toBe("urn:popug:problem:unavailable")
  expect(answer.json.title).toBe("The server can't do this now")
  expect(answer.json.detail).toMatch(who)
}

describe("while it is down", { timeout: 90_000 }, () => {
  it("billing: tasks go on, their prices and the books wait, and are all there when it is back", async () => {
    await company.down("billing")
    expect((await create("unbilled")).status).toBe(201)
    expect((await asked.post("/v1/tasks/first/complete", {}, "anna")).status).toBe(200)
    unavailable(await asked.get("/v1/billing/trial-balance"), /^billing can't be reached/)
    // Whoever notices says the same: here it is tasks that asks billing.
    unavailable(await asked.get("/v1/billing/shuffles/preview", "masha"), /^billing can't be reached/)
    expect((await asked.get("/v1/reports/daily")).status).toBe(200)
    await company.up("billing")
    await caughtUp()
  })

  it("tasks: books and reports are read, and nobody works, until it is back", async () => {
    await company.down("tasks")
    unavailable(await create("refused"), /^tasks can't be reached/)
    expect((await asked.get("/v1/billing/trial-balance")).status).toBe(200)
    expect((await asked.get("/v1/users")).status).toBe(200)
    expect((await asked.get("/v1/reports/daily")).status).toBe(200)
    await company.up("tasks")
    expect((await create("later")).status).toBe(201)
    await caughtUp()
  })

  it("reports: days end and are closed, and are told of when it is back", async () => {
    await company.down("reports")
    const { json: today } = await asked.get("/v1/company")
    // The clock of development is moved in all of them, so that this one's day is ended by hand.
    for (const name of ["users", "billing", "tasks"] as const) {
      const { status } = await requests(company.urlOf(name)).post("/dev/clock", { days: 1 })
      expect(status).toBe(200)
    }
    await until(
      () => asked.get(`/v1/billing/periods/${today.period}`),
      ({ status }) => status === 200
    )
    unavailable(await asked.get("/v1/reports/daily"), /^reports can't be reached/)
    expect((await create("tomorrow")).status).toBe(201)
    await company.up("reports")
    await until(
      () => asked.get(`/v1/reports/daily/${today.period}`),
      ({ status }) => status === 200
    )
    await caughtUp()
  })

  it("users: who is known may go on for five seconds, then all are refused until it is back", async () => {
    expect((await create("known")).status).toBe(201)
    await company.down("users")
    expect((await create("still-known")).status).toBe(201)
    unavailable(await asked.get("/v1/users"), /^users can't be reached/)
    const refused = await until(
      () => asked.get("/v1/tasks", "masha"),
      ({ status }) => status !== 200
    )
    expect(refused.status).toBe(503)
    expect((await create("unknown")).status).toBe(503)
    expect((await asked.get("/v1/billing/trial-balance")).status).toBe(503)
    await company.up("users")
    await until(
      () => create("known-again"),
      ({ status }) => status === 201
    )
    await caughtUp()
  })

  it("the front: nobody comes in, and what was begun goes on behind it", async () => {
    const tasks = requests(company.urlOf("tasks"))
    const token = await asked.tokenOf("masha")
    await company.down("front")
    await expect(asked.get("/v1/tasks")).rejects.toThrow("fetch failed")
    const body = { id: "inside", title: "Task inside" }
    const headers = { authorization: `Bearer ${token}` }
    expect((await tasks.post("/v1/tasks", body, undefined, headers)).status).toBe(201)
    made.push("inside")
    await company.up("front")
    await caughtUp()
  })

  it("a context's database: that context says so, and the others go on", async () => {
    way.cut()
    const refused = await until(
      () => asked.get("/v1/billing/trial-balance"),
      ({ status }) => status !== 200
    )
    expect(refused.status).toBe(503)
    expect((await fetch(`${company.urlOf("billing")}/readyz`)).status).toBe(503)
    expect((await fetch(`${company.urlOf("tasks")}/readyz`)).status).toBe(200)
    expect((await create("without-books")).status).toBe(201)
    way.mend()
    await caughtUp()
  })

  it("each in turn, as in an upgrade: what is taken is kept", async () => {
    for (const part of ["users", "tasks", "billing", "reports", "front"] as const) {
      await company.down(part)
      await company.up(part)
      expect(
        (
          await until(
            () => create(`after-${part}`),
            ({ status }) => status === 201
          )
        ).status
      ).toBe(201)
    }
    await caughtUp()
  })
})
