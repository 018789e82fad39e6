/**
 * Lets requests in by their bearer token: the contract's `Authorization`.
 */
import { Actor, type UserId } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { Authorization, CurrentActor } from "../../../api/middleware.ts"
import type * as Problem from "../../../api/Problem.ts"
import { withHeader } from "../../wire/withHeader.ts"
import { Limits } from "../RateLimit.ts"
import { Authentication } from "./Authentication.ts"
import { Caller } from "./Caller.ts"

/** Whose requests they are is in their spans and logs, as `user.id`. */
export const layer: Layer.Layer<Authorization, never, Authentication | Limits> = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const { lifetime = unknown, verify } = yield* Authentication
    const { ofBatch, ofUser } = yield* Limits
    const callerOf = (id: UserId, credential: Redacted.Redacted): Caller => ({
      countBatch: (items) => ofBatch(id, items),
      tokenLifetime: () => lifetime(credential),
      tokenHolds: () => stillOf(id)(verify(credential))
    })
    const contextOf =
      (id: UserId, credential: Redacted.Redacted) =>
      (context: Context.Context<never>): Context.Context<CurrentActor> => {
        const annotations = { ...Context.get(context, References.CurrentLogAnnotations), "user.id": id }
        return Context.add(context, CurrentActor, Actor.user(id)).pipe(
          Context.add(Caller, callerOf(id, credential)),
          Context.add(References.CurrentLogAnnotations, annotations)
        )
      }
    return Authorization.of({
      bearer: (httpEffect, { credential }) =>
        Effect.flatMap(Effect.tapError(verify(credential), challenge(credential)), (id) =>
          Effect.flatMapEager(ofUser(id), () =>
            Effect.andThen(
              Effect.annotateCurrentSpan("user.id", id),
              Effect.updateContext(httpEffect, contextOf(id, credential))
            )
          )
        )
    })
  })
)

const unknown = () => Effect.succeed(null)

/** Whether a token that was a user's is so now. */
const stillOf = (id: UserId) => Effect.match({ onFailure: () => false, onSuccess: (now: UserId) => now === id })

type Refusal = Problem.Unauthenticated | Problem.UnknownSubject | Problem.Unavailable

const again = withHeader("retry-after", "1")

/** What a refusal says besides: how to do better, or when to come again. */
export const challenge = (credential: Redacted.Redacted) => (problem: Refusal) => {
  if (problem._tag === "Unavailable") return again
  return problem._tag === "Unauthenticated"
    ? withHeader("www-authenticate", schemeOf(credential, problem))
    : Effect.void
}

/** RFC 6750, section 3: to those who sent no token nothing is said but that one is needed. */
const schemeOf = (credential: Redacted.Redacted, problem: Problem.Unauthenticated): string =>
  Redacted.value(credential) === ""
    ? `Bearer realm="popug"`
    : `Bearer realm="popug", error="invalid_token", error_description="${quotable(problem.detail ?? "")}"`

/** The characters that an `error_description` may have. */
const quotable = (text: string): string => text.replaceAll(/[^ !#-[\]-~]/g, "")
