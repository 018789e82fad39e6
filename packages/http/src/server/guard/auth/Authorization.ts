/**
 * Lets requests in by their bearer token: the contract's `Authorization`.
 */
import { Actor, type UserId } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { Authorization, CurrentActor } from "../../../api/middleware.ts"
import type * as Problem from "../../../api/Problem.ts"
import { withHeader } from "../../wire/withHeader.ts"
import { CountBatch, Limits } from "../RateLimit.ts"
import { Authentication } from "./Authentication.ts"
import { TokenHolds, TokenLifetime } from "./lifetime.ts"

/** Whose requests they are is in their spans and logs, as `user.id`. */
export const layer: Layer.Layer<Authorization, never, Authentication | Limits> = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const { lifetime, verify } = yield* Authentication
    const { ofBatch, ofUser } = yield* Limits
    return Authorization.of({
      bearer: Effect.fnUntraced(function* (httpEffect, { credential }) {
        const id = yield* verify(credential).pipe(
          Effect.tapError((problem) =>
            problem._tag === "Unauthenticated"
              ? withHeader("www-authenticate", challenge(credential, problem))
              : problem._tag === "Unavailable"
                ? again
                : Effect.void
          )
        )
        yield* ofUser(id)
        yield* Effect.annotateCurrentSpan("user.id", id)
        return yield* Effect.updateContext(httpEffect, (context: Context.Context<never>) => {
          const annotations = { ...Context.get(context, References.CurrentLogAnnotations), "user.id": id }
          return Context.add(context, CurrentActor, Actor.user(id)).pipe(
            Context.add(CountBatch, ofBatch(id)),
            Context.add(References.CurrentLogAnnotations, annotations),
            Context.add(TokenHolds, stillOf(id)(verify(credential))),
            lifetime === undefined ? identity : Context.add(TokenLifetime, lifetime(credential))
          )
        })
      })
    })
  })
)

/** Whether a token that was a user's is so now. */
const stillOf = (id: UserId) => Effect.match({ onFailure: () => false, onSuccess: (now: UserId) => now === id })

const again = withHeader("retry-after", "1")

/** RFC 6750, section 3: to those who sent no token nothing is said but that one is needed. */
const challenge = (credential: Redacted.Redacted, problem: Problem.Unauthenticated): string =>
  Redacted.value(credential) === ""
    ? `Bearer realm="popug"`
    : `Bearer realm="popug", error="invalid_token", error_description="${quotable(problem.detail ?? "")}"`

/** The characters that an `error_description` may have. */
const quotable = (text: string): string => text.replaceAll(/[^ !#-[\]-~]/g, "")
