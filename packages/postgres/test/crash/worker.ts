/**
 * A process that is there to be killed: it sends commands, and says of each when it was sent and when it was done.
 */
import { Actor, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as HostRows from "../hostRows.ts"
import { node } from "./node.ts"
import { type Plan, type Sent, taskIds, userIds } from "./plan.ts"

const plan = JSON.parse(process.argv[2]!) as Plan

const schema = plan.store.kind === "postgres" ? plan.store.schema : "popug"

/** Written at once: what was said before the end was said. */
const say = (word: "sent" | "done" | "ready" | "failed", what?: unknown) =>
  Effect.sync(() => void process.stdout.write(`${word} ${JSON.stringify(what ?? null)}\n`))

const create = Effect.fnUntraced(
  function* (sent: Sent) {
    yield* say("sent", sent)
    yield* (yield* Tasks).create(
      Actor.system,
      taskIds(sent).map((id) => ({ id, title: `Mend ${id}` })),
      { commandId: sent.id }
    )
    yield* say("done", sent)
  },
  Effect.retry({ schedule: Schedule.spaced("50 millis"), times: 400 })
)

/** Something that moves tasks from one to another, ends them, or sends somebody away and back. */
const disturb = Effect.fnUntraced(function* (sent: Sent) {
  const tasks = yield* Tasks
  const kind = yield* Random.nextIntBetween(0, 10)
  if (kind === 0) yield* tasks.shuffle(Actor.system)
  else if (kind < 5) yield* tasks.completeMany(Actor.system, taskIds(sent))
  else {
    const id = userIds[yield* Random.nextIntBetween(1, userIds.length - 1)]!
    const status = (yield* Random.nextBoolean) ? "active" : "deactivated"
    yield* (yield* Users).update(Actor.system, { id, status })
  }
})

const writer = Effect.fnUntraced(function* (index: number) {
  for (let count = 0; count < (plan.commands ?? Infinity); count++) {
    const sent = { id: `${plan.name}-${index}-${count}`, tasks: 1 + (count % 3) }
    yield* create(sent)
    // A task that waits for somebody can't be completed, and a server that is down can't be asked.
    if (count % 4 === 3) yield* Effect.ignore(disturb(sent))
  }
})

const main = Effect.gen(function* () {
  // Rows of a host's own, by as many processes as there are.
  yield* HostRows.create(schema)
  yield* HostRows.follow(schema)
  yield* say("ready")
  yield* Effect.forEach(plan.again, create, { discard: true })
  yield* Effect.forEach(
    Array.from({ length: plan.writers }, (_, index) => index),
    writer,
    { concurrency: "unbounded", discard: true }
  )
})

await Effect.runPromise(
  main.pipe(
    Effect.scoped,
    Effect.provide(node(plan)),
    Effect.catchCause((cause) =>
      Effect.andThen(
        say("failed", String(cause)),
        Effect.sync(() => process.exit(1))
      )
    )
  )
)
process.exit(0)
