/**
 * Companies to look at, the same each time: an empty one, one with two weeks behind it, a large one, and one whose
 * billing has stopped.
 */
import { Actor, Billing, Books, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import { startCompany, type TestCompany } from "../company.ts"
import { type Loss, losing } from "../losing.ts"
import { founders, people, titles } from "./people.ts"

/** A company, and what of it one looks at. */
export interface World extends TestCompany {
  /** Tasks that Olga has, or had. */
  readonly open: string | null
  readonly done: string | null
  readonly closedDay: string | null
}

const anna = Actor.user("anna")
const masha = Actor.user("masha")
const hour = 3_600_000

const day = (date: string) => date.slice(0, 10)

/** Ends the day, in which half a night went by. */
const night = async (company: TestCompany, nextMorning: string): Promise<void> => {
  await company.passUntil(new Date(nextMorning))
  await company.run(Effect.flatMap(Tasks, (tasks) => tasks.endRegistration(anna)))
  await company.settle()
}

const mornings = (first: string, days: number): ReadonlyArray<string> =>
  Array.from({ length: days }, (_, at) => new Date(Date.parse(first) + at * 24 * hour).toISOString())

/** Tasks of a morning: which of the titles, and with what beside. */
const tasksOf = (at: number, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const nth = at * 7 + index
    return {
      title: titles[nth % titles.length]!,
      ...(nth % 3 === 0 ? { jiraId: `POPUG-${100 + nth}` } : {}),
      ...(nth % 4 === 0 ? { description: "Before noon, please: the cockatoos are asleep then." } : {})
    }
  })

/** A day's work: some of what is open is done, the newest first. */
const work = async (company: TestCompany, share: number): Promise<void> => {
  const open = Effect.flatMap(Tasks, ({ list }) =>
    list(anna, { status: "in progress" }, { limit: 500, order: "newest" })
  )
  const { rows } = await company.run(open)
  for (const { id } of rows.filter((_, index) => (index * 37) % 100 < share * 100)) {
    await company.pass(7 * 60_000)
    await company.run(Effect.flatMap(Tasks, ({ complete }) => complete(anna, id)))
  }
}

/** What of Olga's one looks at. */
const look = async (company: TestCompany, closedDay: string | null): Promise<World> => {
  const first = (status: "in progress" | "done") =>
    company.run(
      Effect.flatMap(Tasks, (tasks) =>
        Effect.map(
          tasks.list(anna, { status, assignee: "olga" }, { limit: 1, order: "newest" }),
          ({ rows }) => rows[0]?.id ?? null
        )
      )
    )
  return { ...company, open: await first("in progress"), done: await first("done"), closedDay }
}

const empty = async (): Promise<World> => {
  const company = await startCompany({ people: founders, from: new Date("2026-03-02T08:30:00Z") })
  return look(company, null)
}

/** An accountant puts right what went wrong, and an admin changes who is who. */
const exceptions = Effect.gen(function* () {
  const users = yield* Users
  const billing = yield* Billing
  const books = yield* Books
  const anton = Actor.user("anton")
  const { rows } = yield* books.auditLog(anton, "olga", { from: "2026-03-13" }, { limit: 3 })
  const fee = rows[2]
  if (fee !== undefined) {
    yield* billing.correct(anton, {
      transfer: fee.transfer,
      reason: "The task was created by mistake, and withdrawn at once"
    })
  }
  yield* users.update(anna, { id: "max", roles: ["worker"] })
  yield* users.create(anna, [{ id: "boris", name: "Boris Tanaka", roles: ["worker"] }])
  yield* users.update(anna, { id: "boris", status: "deactivated" })
})

const demonstration = async (): Promise<World> => {
  const days = mornings("2026-03-02T08:30:00Z", 12)
  const company = await startCompany({ people, from: new Date(days[0]!) })
  for (const [at, morning] of days.entries()) {
    if (at > 0) await night(company, morning)
    await company.run(Effect.flatMap(Tasks, (tasks) => tasks.create(masha, tasksOf(at, 9 + ((at * 5) % 7)))))
    await company.pass(hour)
    await company.settle()
    if (at % 3 === 1) await company.run(Effect.flatMap(Tasks, (tasks) => tasks.shuffle(masha)))
    await company.settle()
    if (at === days.length - 1) await company.run(exceptions)
    await work(company, at === days.length - 1 ? 0.2 : 0.55)
    await company.settle()
  }
  return look(company, day(days.at(-2)!))
}

const large = async (): Promise<World> => {
  const days = mornings("2026-01-05T08:30:00Z", 45)
  const everybody = Array.from({ length: 1_500 }, (_, at) => {
    const { name } = people[3 + (at % (people.length - 3))]!
    return { id: `popug-${String(at + 1).padStart(4, "0")}`, name: `${name} ${at + 1}`, roles: ["worker"] }
  })
  const company = await startCompany({ people: [...founders, ...everybody], from: new Date(days[0]!) })
  const create = (at: number) =>
    company.run(
      Effect.flatMap(Tasks, (tasks) =>
        Effect.gen(function* () {
          const { answer } = yield* tasks.create(Actor.system, tasksOf(at, 1_000))
          const done = answer.filter((_, index) => index % 5 !== 0).map(({ id }) => id)
          if (at < days.length - 1) yield* tasks.completeMany(anna, done)
        })
      )
    )
  for (const [at, morning] of days.entries()) {
    if (at > 0) await night(company, morning)
    await create(at)
    await company.settle()
  }
  for (let more = 0; more < 30; more++) await create(days.length)
  await company.settle()
  return look(company, day(days.at(-2)!))
}

/** Billing waits for an event that is gone. */
const stopped = async (): Promise<World> => {
  const loss: Loss = { number: 8 }
  const company = await startCompany({ people, memory: losing(loss), from: new Date("2026-03-02T08:30:00Z") })
  await company.run(Effect.flatMap(Tasks, (tasks) => tasks.create(masha, tasksOf(0, 9))))
  await company.settle()
  return look(company, null)
}

export const worlds = { empty, demonstration, large, stopped } as const
export type WorldName = keyof typeof worlds
