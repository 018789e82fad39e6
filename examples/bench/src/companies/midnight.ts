/**
 * Midnight in one zone: every company's day ends at the same moment, and each is closed, reported and let go by this
 * process, while companies of another zone go on working in it.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { Actor, Books, type Tasks } from "@popug/core"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { Row } from "../measure.ts"
import { quantile } from "../postgres/commands.ts"
import { MovableClock } from "../postgres/company.ts"
import { connect } from "../postgres/sql.ts"
import { rateRow } from "../postgres/watch.ts"
import { allOf, createOne, hire, type Host, idsOf, startHost, workOfADay } from "./host.ts"
import { copyTheFirst } from "./seeding.ts"
import type { Settings } from "./settings.ts"

const [hour, day] = [3_600_000, 86_400_000]

/** How many companies go on working, and how many commands they have in a second, all together. */
const [working, perSecond] = [50, 20]

/** Commands at even times, however long each takes: the milliseconds of each, from when it was due. */
const paced = async (run: Host["run"], command: () => Effect.Effect<unknown, unknown>, during: () => boolean) => {
  const millis: Array<number> = []
  const under: Array<Promise<unknown>> = []
  const start = performance.now()
  for (let index = 0; during(); index++) {
    const due = start + (index * 1_000) / perSecond
    await sleep(Math.max(0, due - performance.now()))
    under.push(run(command()).then(() => millis.push(performance.now() - due)))
  }
  await Promise.all(under)
  return millis
}

/** How many companies have closed and reported their day, with all notices of it sent. */
const counting = async (url: string, schema: string) => {
  const { client, close, run } = await connect(url, 1)
  const count = async () => {
    const [row] = await run(
      client.unsafe<{ readonly reported: number }>(
        `select (select count(*) from ${schema}.reports)::int
          - (select count(distinct company) from ${schema}.notices where status = 'pending')::int as reported`
      )
    )
    return row!.reported
  }
  return { count, close }
}

/** Waits until all are reported; fails when nothing moves for a minute. */
const untilReported = async (count: () => Promise<number>, all: number, say: Settings["say"]) => {
  let [before, since] = [-1, performance.now()]
  for (;;) {
    const now = await count()
    if (now >= all) return
    if (now !== before) [before, since] = [now, performance.now()]
    if (performance.now() - since > 60_000) throw new Error(`${now} of ${all} companies are reported, and no more`)
    say(`midnight: ${now.toLocaleString("en-US")} of ${all.toLocaleString("en-US")}`)
    await sleep(250)
  }
}

/** The books of a company hold, and its day is closed. */
const proven = Effect.gen(function* () {
  const verified = yield* (yield* Books).verify(Actor.system)
  if (verified.difference !== null) return yield* Effect.die(verified.difference)
  if (verified.periods !== 1) return yield* Effect.die(new Error("the day was not closed"))
})

export const midnight = async ({ companies, say, url, watch }: Settings): Promise<ReadonlyArray<Row>> => {
  const clock = new MovableClock()
  // An hour before the day ends in UTC.
  clock.ahead = day - (Date.now() % day) - hour
  const seeding = await startHost(url, { connections: 10, clock })
  const { schema } = seeding
  const [sleeping, awake] = [idsOf(companies, "sleeping"), idsOf(working, "awake")]
  say("midnight: companies with a day's work")
  await seeding.run(seeding.host.open(sleeping.map((id) => ({ id }))))
  await seeding.run(seeding.host.open(awake.map((id) => ({ id, timeZone: "Asia/Tokyo" }))))
  await seeding.run(seeding.use(sleeping[0]!, Effect.andThen(hire, workOfADay)))
  await seeding.close()
  await copyTheFirst(url, seeding, "sleeping")

  const host = await startHost(url, { connections: 10, schema, clock, works: true })
  const scope = Scope.makeUnsafe()
  const services = await host.run(Scope.provide(allOf(host.host, awake, 10), scope))
  await host.run(Effect.forEach(services, (own) => Effect.provideContext(hire, own), { concurrency: 10 }))
  let next = 0
  const command = () => createOne(services[next++ % working] as Context.Context<Tasks>, "A task of those who are awake")
  const { close, count } = await counting(url, schema)

  say("midnight: the quiet before")
  const [warm, quietUntil] = [performance.now() + 3_000, performance.now() + 13_000]
  await paced(host.run, command, () => performance.now() < warm)
  const quiet = await paced(host.run, command, () => performance.now() < quietUntil)
  let isOver = false
  let busy: ReadonlyArray<number> = []
  const taken = await watch(async () => {
    clock.ahead += day - ((Date.now() + clock.ahead) % day) + 1
    const going = paced(host.run, command, () => !isOver)
    await untilReported(count, companies, say).finally(() => void (isOver = true))
    busy = await going
  })
  await close()
  await host.run(Scope.close(scope, Exit.void))
  await host.run(host.use(sleeping[0]!, proven))
  await host.close()

  const text = companies.toLocaleString("en-US")
  const latency = (at: number): Row => ({
    what: `${perSecond} commands a second of ${working} other companies meanwhile, p${at * 100}; beside it, before`,
    units: "ms",
    ours: quantile(busy, at),
    baseline: quantile(quiet, at),
    ratio: quantile(busy, at) / quantile(quiet, at),
    goal: null
  })
  return [
    {
      what: `midnight of ${text} companies of 10 popugs: ended, closed, reported, told`,
      units: "s",
      ours: taken.seconds,
      baseline: null,
      ratio: null,
      goal: { atMost: 120, of: "ours" },
      waiting: taken.waiting
    },
    rateRow("of that, the day of one, with the others' commands", "companies/s", { count: companies, taken }, null),
    latency(0.5),
    latency(0.99)
  ]
}
