/**
 * The rows of tasks' lives as popug wrote them when the goals were set, into the baseline's tables.
 */
import { randomBytes } from "node:crypto"
import type { Envelope } from "@popug/core"
import { metered } from "./Meter.ts"
import { connect, ints, numbers, statements, texts } from "./sql.ts"

const batch = 1_000

/** The tasks' events above a number. */
export const eventsOf = async (
  read: (after: number, limit: number) => Promise<ReadonlyArray<Envelope.Envelope>>,
  after: number
): Promise<ReadonlyArray<Envelope.Envelope>> => {
  const found: Array<Envelope.Envelope> = []
  for (;;) {
    const page = await read(found.at(-1)?.number ?? after, batch)
    if (page.length === 0) return found
    found.push(...page)
  }
}

interface Data {
  readonly id: string
  readonly title: string
  readonly assign: string | null
  readonly change: string
  readonly assignment: number
  readonly period: string
}

const dataOf = ({ data }: Envelope.Envelope) => data as Data
const digest = () => randomBytes(32).toString("hex")
const between = (from: number, to: number) => BigInt(from + Math.floor(Math.random() * (to - from + 1)))

/** A transfer's row for an event that charges a fee or earns an award. */
const transferOf = (event: Envelope.Envelope) => {
  const { assign, assignment, change, id, title } = dataOf(event)
  const popug = `popug:${assign}`
  return change === "assigned"
    ? {
        event,
        kind: "fee",
        debit: popug,
        credit: "company:fees",
        amount: between(1_000, 2_000),
        key: `fee/${id}/${assignment}`,
        cause: { _tag: "Assigned", event: event.number, task: id, title, assignment }
      }
    : {
        event,
        kind: "award",
        debit: "company:awards",
        credit: popug,
        amount: between(2_000, 4_000),
        key: `award/${id}`,
        cause: { _tag: "Done", event: event.number, task: id, title }
      }
}

type Events = ReadonlyArray<Envelope.Envelope>

const taskParams = (some: Events) => [
  texts(some.map((event) => dataOf(event).id)),
  texts(some.map((event) => dataOf(event).title)),
  texts(some.map((event) => dataOf(event).assign!))
]

const eventParams = (some: Events) => [
  numbers(some.map(({ number }) => number)),
  texts(some.map(({ type }) => type)),
  numbers(some.map(({ version }) => version)),
  numbers(some.map(({ time }) => time.epochMilliseconds)),
  texts(some.map(({ actor }) => actor)),
  texts(some.map(({ previous }) => previous)),
  texts(some.map(({ data }) => JSON.stringify(data)))
]

/** For the events that create tasks; `journal` is the number of the last transfer before. */
const priceParams = (some: Events, journal: number) => [
  texts(some.map((event) => dataOf(event).id)),
  ints(some.map(() => between(1_000, 2_000))),
  ints(some.map(() => between(2_000, 4_000))),
  numbers(some.map(({ number }) => number)),
  numbers(some.map(() => journal)),
  texts(some.map(digest))
]

const transferParams = (some: ReadonlyArray<ReturnType<typeof transferOf>>, first: number) => [
  numbers(some.map((_, index) => first + index)),
  texts(some.map(({ kind }) => kind)),
  texts(some.map(({ debit }) => debit)),
  texts(some.map(({ credit }) => credit)),
  ints(some.map(({ amount }) => amount)),
  texts(some.map(({ event }) => dataOf(event).period)),
  texts(some.map(({ key }) => key)),
  texts(some.map(({ cause }) => JSON.stringify(cause))),
  numbers(some.map(({ event }) => event.time.epochMilliseconds)),
  numbers(some.map(({ event }) => event.time.epochMilliseconds))
]

export const openRows = async (url: string, schema: string) => {
  const { client, close, run, runAll } = await connect(url, 1)
  await runAll(statements("baseline/tables.sql", schema))
  const [newTasks = "", doneTasks = "", insertEvents = "", insertPrices = "", insertTransfers = ""] = statements(
    "baseline/rows.sql",
    schema
  )
  type Params = NonNullable<Parameters<typeof client.unsafe>[1]>
  let booked = 0

  /** Sends rows a thousand at a time; returns the nanoseconds that the server took for them. */
  const send = async <A>(sql: string, rows: ReadonlyArray<A>, params: (some: ReadonlyArray<A>) => Params) => {
    let total = 0
    for (let from = 0; from < rows.length; from += batch) {
      const some = params(rows.slice(from, from + batch))
      const { nanos } = await run(client.withTransaction(metered(client, client.unsafe(sql, some))))
      total += nanos
    }
    return total
  }
  const book = (events: Events) =>
    send(insertTransfers, events.map(transferOf), (some) => {
      booked += some.length
      return transferParams(some, booked - some.length + 1)
    })
  return {
    schema,
    /** Writes all that the events of some lives come to; returns what the server took, in nanoseconds. */
    write: async (events: Events) => {
      const of = (change: string) => events.filter((event) => dataOf(event).change === change)
      const [created, assigned, done] = [of("created"), of("assigned"), of("done")]
      const notDone = events.filter((event) => dataOf(event).change !== "done")
      const taken = { events: 0, transfers: 0 }
      await send(newTasks, assigned, taskParams)
      taken.events += await send(insertEvents, notDone, eventParams)
      await send(insertPrices, created, (some) => priceParams(some, booked))
      taken.transfers += await book(assigned)
      await send(doneTasks, done, taskParams)
      taken.events += await send(insertEvents, done, eventParams)
      taken.transfers += await book(done)
      return taken
    },
    close
  }
}
