/**
 * The rows of tasks' lives as popug wrote them when the goals were set, into the baseline's tables.
 */
import { randomBytes } from "node:crypto"
import type { Envelope } from "@popug/core"
import { metered } from "./meter.ts"
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

export const openRows = async (url: string, schema: string) => {
  const { client, close, run, runAll } = await connect(url, 1)
  await runAll(statements("baseline/tables.sql", schema))
  const [newTasks = "", doneTasks = "", events = "", prices = "", transfers = ""] = statements(
    "baseline/rows.sql",
    schema
  )
  type Params = NonNullable<Parameters<typeof client.unsafe>[1]>
  let booked = 0

  /** Sends rows a thousand at a time; gives the nanoseconds that the server took for them. */
  const send = async <A>(sql: string, rows: ReadonlyArray<A>, params: (some: ReadonlyArray<A>) => Params) => {
    let total = 0
    for (let from = 0; from < rows.length; from += batch) {
      const some = params(rows.slice(from, from + batch))
      const { nanos } = await run(client.withTransaction(metered(client, client.unsafe(sql, some))))
      total += nanos
    }
    return total
  }
  const tasksOf = (some: ReadonlyArray<Envelope.Envelope>) => [
    texts(some.map((event) => dataOf(event).id)),
    texts(some.map((event) => dataOf(event).title)),
    texts(some.map((event) => dataOf(event).assign!))
  ]
  const writeEvents = (written: ReadonlyArray<Envelope.Envelope>) =>
    send(events, written, (some) => [
      numbers(some.map(({ number }) => number)),
      texts(some.map(({ type }) => type)),
      numbers(some.map(({ version }) => version)),
      numbers(some.map(({ time }) => time.epochMilliseconds)),
      texts(some.map(({ actor }) => actor)),
      texts(some.map(({ previous }) => previous)),
      texts(some.map(({ data }) => JSON.stringify(data)))
    ])
  const writePrices = (written: ReadonlyArray<Envelope.Envelope>) =>
    send(prices, written, (some) => [
      texts(some.map((event) => dataOf(event).id)),
      ints(some.map(() => between(1_000, 2_000))),
      ints(some.map(() => between(2_000, 4_000))),
      numbers(some.map(({ number }) => number)),
      numbers(some.map(() => booked)),
      texts(some.map(digest))
    ])
  const writeTransfers = (written: ReadonlyArray<Envelope.Envelope>) =>
    send(transfers, written.map(transferOf), (some) => [
      numbers(some.map(() => (booked += 1))),
      texts(some.map(({ kind }) => kind)),
      texts(some.map(({ debit }) => debit)),
      texts(some.map(({ credit }) => credit)),
      ints(some.map(({ amount }) => amount)),
      texts(some.map(({ event }) => dataOf(event).period)),
      texts(some.map(({ key }) => key)),
      texts(some.map(({ cause }) => JSON.stringify(cause))),
      numbers(some.map(({ event }) => event.time.epochMilliseconds)),
      numbers(some.map(({ event }) => event.time.epochMilliseconds))
    ])
  return {
    schema,
    /** Writes all that the events of some lives come to; gives what the server took, in nanoseconds. */
    write: async (written: ReadonlyArray<Envelope.Envelope>) => {
      const of = (change: string) => written.filter((event) => dataOf(event).change === change)
      const [assigned, done] = [of("assigned"), of("done")]
      await send(newTasks, assigned, tasksOf)
      const taken = {
        events: await writeEvents(written.filter((event) => dataOf(event).change !== "done")),
        transfers: 0
      }
      await writePrices(of("created"))
      taken.transfers += await writeTransfers(assigned)
      await send(doneTasks, done, tasksOf)
      taken.events += await writeEvents(done)
      taken.transfers += await writeTransfers(done)
      return taken
    },
    close
  }
}
