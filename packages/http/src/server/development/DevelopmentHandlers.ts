/**
 * `/dev`: logging in as anybody, and making days pass.
 */
import { Actor, BusinessDay, Company, Consumers, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import { DevelopmentApi } from "../../api/Api.ts"
import { LoopbackOnly } from "../../api/Development.ts"
import * as Problem from "../../api/Problem.ts"
import * as Contract from "../contract/Contract.ts"
import { asProblems } from "../wire/asProblems.ts"
import { DevClock } from "./DevClock.ts"
import { DevTokens } from "./DevLogin.ts"

/**
 * Answers only what was sent to this machine by name, from a page of this machine if from a page at all: otherwise any
 * site that a developer visits could log in, by a name of its own that leads to 127.0.0.1 (DNS rebinding), or have days
 * pass.
 */
const loopbackOnly = Layer.succeed(
  LoopbackOnly,
  LoopbackOnly.of(
    Effect.fnUntraced(function* (httpEffect) {
      const { host = "", origin } = (yield* HttpServerRequest.HttpServerRequest).headers
      if (isLoopback(`http://${host}`) && (origin === undefined || isLoopback(origin))) return yield* httpEffect
      return yield* new Problem.NotLoopback({ detail: "ask as http://localhost or http://127.0.0.1" })
    })
  )
)

const names = new Set(["localhost", "127.0.0.1", "[::1]"])
const isLoopback = (origin: string): boolean => URL.canParse(origin) && names.has(new URL(origin).hostname)

/** What a system that names nobody, and asks for nothing out of range, can't meet. */
const never = ["InvalidInput", "UnknownActor", "NotAllowed"] as const

const handlers = Contract.group(
  DevelopmentApi,
  "development",
  Effect.fnUntraced(function* (handlers) {
    const { calendar } = yield* Company
    const clock = yield* DevClock
    const consumers = yield* Consumers
    const tasks = yield* Tasks
    const tokens = yield* DevTokens
    const users = yield* Users
    return handlers.handleAll({
      users: Effect.fnUntraced(function* () {
        const page = yield* asProblems(users.list(Actor.system, {}, { limit: 100 })).pipe(
          Effect.catchTag([...never, "DeactivatedActor"], Effect.die)
        )
        return { data: page.rows }
      }),
      login: Effect.fnUntraced(function* ({ payload }) {
        const user = yield* asProblems(users.get(Actor.system, payload.user)).pipe(
          Effect.catchTag(["UnknownActor", "NotAllowed"], Effect.die)
        )
        if (user.status === "deactivated") {
          return yield* asProblems(Effect.fail(new Actor.DeactivatedActor({ actor: Actor.key(Actor.user(user.id)) })))
        }
        return yield* tokens.issue(user.id)
      }),
      clock: Effect.fnUntraced(function* ({ payload }) {
        const { now } = yield* clock.advance(payload.days)
        // The days that are over are ended and closed when the answer comes, without a schedule to wait for.
        yield* asProblems(tasks.endRegistration(Actor.system, { afterJump: true })).pipe(
          Effect.catch((error) => (error._tag === "Unavailable" ? Effect.fail(error) : Effect.die(error)))
        )
        yield* asProblems(consumers.settle)
        return { now, period: BusinessDay.periodAt(calendar, now) }
      })
    })
  })
)

/** With the middleware that the contract asks for, for whoever serves it. */
export const layer = handlers.pipe(Layer.provideMerge(loopbackOnly))
