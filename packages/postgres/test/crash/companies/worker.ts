/**
 * A process that is there to be killed: its hosts send commands to many companies, work for all of them, and put them
 * to rest, wake and move them. It says of each command when it was sent and when it was done.
 */
import { Actor, Companies, type CompanyServices, type CommandId, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { host, type Plan, type Sent, taskIds, userIds } from "./plan.ts"

const plan = JSON.parse(process.argv[2]!) as Plan

/** Written at once: what was said before the end was said. */
const say = (word: "sent" | "done" | "ready" | "failed" | "moved", what?: unknown) =>
  Effect.sync(() => void process.stdout.write(`${word} ${JSON.stringify(what ?? null)}\n`))

const among = <A>(values: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, values.length - 1), (index) => values[index]!)

const within = <A, E>(id: string, body: Effect.Effect<A, E, CompanyServices>) => Companies.within(id, body)

const create = Effect.fnUntraced(
  function* (sent: Sent) {
    yield* say("sent", sent)
    yield* within(
      sent.company,
      Effect.flatMap(Tasks, (tasks) =>
        tasks.create(
          Actor.system,
          taskIds(sent).map((id) => ({ id, title: `Mend ${id}` })),
          { commandId: sent.id as CommandId }
        )
      )
    )
    yield* say("done", sent)
  },
  Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 600 })
)

/** Something that moves tasks from one to another, ends them, or sends somebody away and back. */
const disturb = Effect.fnUntraced(function* (sent: Sent) {
  const tasks = yield* Tasks
  const kind = yield* Random.nextIntBetween(0, 10)
  if (kind === 0) yield* tasks.shuffle(Actor.system)
  else if (kind < 6) yield* tasks.completeMany(Actor.system, taskIds(sent))
  else {
    const id = yield* among(userIds.slice(1))
    yield* (yield* Users).update(Actor.system, { id, status: (yield* Random.nextBoolean) ? "active" : "deactivated" })
  }
})

const writer = Effect.fnUntraced(function* (name: string) {
  for (let count = 0; count < (plan.commands ?? Infinity); count++) {
    const company = yield* among(plan.companies)
    const sent = { company, id: `${name}-${count}`, tasks: 1 + (count % 3) }
    yield* create(sent)
    // A task that waits for somebody can't be completed, and a server that is down can't be asked.
    if (count % 3 === 2) yield* Effect.ignore(within(company, disturb(sent)))
  }
})

/** Puts companies to rest, wakes and moves them; what was begun by somebody who is gone, too. */
const operator = Effect.gen(function* () {
  const companies = yield* Companies
  while (true) {
    yield* Effect.sleep(yield* Random.nextIntBetween(0, 300))
    const id = yield* among(plan.companies)
    const kind = yield* Random.nextIntBetween(0, 10)
    const { database } = yield* companies.record(id)
    const other = Object.keys(plan.urls).find((name) => name !== database)!
    const act = yield* Effect.exit(
      kind < 2 ? companies.rest([id]) : kind < 7 ? companies.wake([id]) : companies.move(id, other)
    )
    if (kind >= 7 && act._tag === "Success") yield* say("moved", id)
  }
}).pipe(Effect.retry(Schedule.spaced("200 millis")))

const hosting = Effect.fnUntraced(function* (index: number) {
  yield* Effect.forkScoped(Effect.flatMap(Companies, ({ work }) => work({ grace: "200 millis" })))
  yield* Effect.flatMap(Companies, ({ list }) => list({ limit: 1 }))
  yield* say("ready")
  if (index === 0) yield* Effect.forEach(plan.again, create, { discard: true, concurrency: 8 })
  if (plan.commands === undefined) yield* Effect.forkScoped(operator)
  const names = Array.from({ length: plan.writers }, (_, writer) => `${plan.name}-${index}-${writer}`)
  yield* Effect.forEach(names, writer, { concurrency: "unbounded", discard: true })
})

await Effect.forEach(
  Array.from({ length: plan.hosts }, (_, index) => index),
  (index) => Effect.provide(Effect.scoped(hosting(index)), Layer.fresh(host(plan)), { local: true }),
  { concurrency: "unbounded", discard: true }
).pipe(
  Effect.catchCause((cause) =>
    Effect.andThen(
      say("failed", String(cause)),
      Effect.sync(() => process.exit(1))
    )
  ),
  Effect.runPromise
)
process.exit(0)
