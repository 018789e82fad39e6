/**
 * A small company to look at, for one that has nobody yet: some people, their tasks, and what they did so far.
 */
import { Actor, Consumers, Tasks, Users } from "@popug/core"
import { DevClock } from "@popug/http/server"
import * as Effect from "effect/Effect"
import { Past } from "../clocks.ts"
import { people, titles } from "./people.ts"

/** Makes the demonstration company, unless somebody is there. */
export const make = Effect.gen(function* () {
  const users = yield* Users
  const tasks = yield* Tasks
  const consumers = yield* Consumers
  const { advance } = yield* DevClock
  const days = yield* Past
  const { rows } = yield* users.list(Actor.system, {}, { limit: 1 })
  if (rows.length > 0) return
  yield* users.create(Actor.system, people)
  yield* consumers.settle
  for (let day = 0; day <= days; day++) {
    const titlesOfDay = titles.filter((_, index) => index % (days + 1) === day)
    const { answer } = yield* tasks.create(
      Actor.user("masha"),
      titlesOfDay.map((title) => ({ title }))
    )
    // Half of them are done on their first day, and what is left falls on somebody else at night. Today's are as they
    // fell, for whoever looks.
    if (day === days) break
    for (const task of answer.filter(({ assignee }, index) => assignee !== null && index % 2 === 0)) {
      yield* tasks.complete(Actor.user(task.assignee!), task.id)
    }
    yield* tasks.shuffle(Actor.user("masha"))
    yield* consumers.settle
    yield* Effect.catchTag(advance(1), "ClockOff", Effect.die)
  }
  yield* consumers.settle
})
