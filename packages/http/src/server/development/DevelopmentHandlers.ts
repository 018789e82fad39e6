/**
 * `/dev`: logging in as anybody, and making days pass.
 */
import { Actor, BusinessDay, Company, Consumers, type StoreError, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import { DevelopmentApi } from "../../api/Api.ts"
import { ClockDevelopment } from "../../api/contexts.ts"
import * as Contract from "../contract/Contract.ts"
import { asProblems } from "../wire/asProblems.ts"
import { DevClock } from "./DevClock.ts"
import { DevTokens } from "./DevLogin.ts"
import * as LoopbackOnly from "./LoopbackOnly.ts"

/** What a system that names nobody, and asks for nothing out of range, can't meet. */
const never = ["InvalidInput", "UnknownActor", "NotAllowed"] as const

/** Who is there, and their tokens. */
const ofUsers = Effect.gen(function* () {
  const tokens = yield* DevTokens
  const users = yield* Users

  const list = HttpApiBuilder.handler(
    DevelopmentApi,
    "development",
    "users",
    Effect.fnUntraced(function* () {
      const page = yield* asProblems(users.list(Actor.system, {}, { limit: 100 })).pipe(
        Effect.catchTag([...never, "DeactivatedActor"], Effect.die)
      )
      return { data: page.rows }
    })
  )

  const login = HttpApiBuilder.handler(
    DevelopmentApi,
    "development",
    "login",
    Effect.fnUntraced(function* ({ payload }) {
      const user = yield* asProblems(users.get(Actor.system, payload.user)).pipe(
        Effect.catchTag(["UnknownActor", "NotAllowed"], Effect.die)
      )
      if (user.status === "deactivated") {
        return yield* asProblems(Effect.fail(new Actor.DeactivatedActor({ actor: Actor.key(Actor.user(user.id)) })))
      }
      return yield* tokens.issue(user.id)
    })
  )

  return { users: list, login }
})

/** The clock; `endDays` ends the days that are over by it. */
const ofClock = Effect.fnUntraced(function* (endDays: Effect.Effect<void, StoreError>) {
  const { calendar } = yield* Company
  const { advance } = yield* DevClock
  const consumers = yield* Consumers

  const clock = HttpApiBuilder.handler(
    DevelopmentApi,
    "development",
    "clock",
    Effect.fnUntraced(function* ({ payload }) {
      const { now } = yield* advance(payload.days)
      // The days that are over are ended and closed when the answer comes, without a schedule to wait for.
      yield* asProblems(endDays)
      yield* asProblems(consumers.settle)
      return { now, period: BusinessDay.periodAt(calendar, now) }
    })
  )

  return { clock }
})

/** Nothing that the system asks for here can be refused. */
const ending = Effect.map(Tasks, (tasks) =>
  Effect.asVoid(tasks.endRegistration(Actor.system, { afterJump: true })).pipe(
    Effect.catch((error) => (error._tag === "StoreError" ? Effect.fail(error) : Effect.die(error)))
  )
)

/** With the middleware that the contract asks for, for whoever serves it. */
export const layer = Contract.group(
  DevelopmentApi,
  "development",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll({ ...(yield* ofUsers), ...(yield* ofClock(yield* ending)) })
  })
).pipe(Layer.provideMerge(LoopbackOnly.layer))

/** The same for the users context alone. */
export const layerUsers = Contract.group(
  DevelopmentApi,
  "development",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll({ ...(yield* ofUsers), ...(yield* ofClock(Effect.void)) })
  })
).pipe(Layer.provideMerge(LoopbackOnly.layer))

/** The clock of the tasks context, which ends days. */
export const layerTasks = Contract.group(
  ClockDevelopment,
  "development",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll(yield* ofClock(yield* ending))
  })
).pipe(Layer.provideMerge(LoopbackOnly.layer))

/** The clock of a context that ends no days, and applies what those bring that do. */
export const layerFollowing = Contract.group(
  ClockDevelopment,
  "development",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll(yield* ofClock(Effect.void))
  })
).pipe(Layer.provideMerge(LoopbackOnly.layer))
