/**
 * The contract's `Authorization` on a server of many companies. A token is verified before anything is looked up; to
 * whoever has none that holds in a company, it is the same whether the company is there, rests, or has nobody like
 * them.
 */
import { Actor, type UserId } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { Authorization, CurrentActor } from "../../api/middleware.ts"
import * as Problem from "../../api/Problem.ts"
import { challenge } from "../guard/auth/Authorization.ts"
import { Caller } from "../guard/auth/Caller.ts"
import type { Claims } from "../guard/auth/SignIn.ts"
import { Tokens } from "../guard/auth/Tokens.ts"
import { Limits } from "../guard/RateLimit.ts"
import { Outages } from "../wire/Outages.ts"
import { named } from "./handling.ts"
import type { Tenant } from "./Tenant.ts"
import { type Closed, Tenants } from "./Tenants.ts"

/** Where a request says which company it is for: in its path, or in a claim of its token. */
export type Which = "path" | { readonly claim: string }

const detail = "this is no company here, it rests, or the subject is none of its users: an admin of it can add them"

/** The one answer to a token that holds, but not there. */
const nobody = ({ issuer, subject }: Claims) => new Problem.UnknownSubject({ issuer, subject, detail })

const companyOf = (which: Which, path: string | undefined, { payload }: Claims): string => {
  const said = which === "path" ? path : payload[which.claim]
  return typeof said === "string" ? said : ""
}

const writesByPath =
  "sign-in can't make users or write roles where the path says which company it is: let a claim of the token say it"

export const layer = (which: Which): Layer.Layer<Authorization, never, Tokens | Limits | Tenants> =>
  Layer.effect(
    Authorization,
    Effect.gen(function* () {
      const { lifetime, signInWrites, verify } = yield* Tokens
      if (which === "path" && signInWrites) return yield* Effect.die(new TypeError(writesByPath))
      const { ofBatch, ofUser } = yield* Limits
      const { enter } = yield* Tenants
      const outages = yield* Outages

      const closed =
        (claims: Claims) =>
        (error: Closed): Effect.Effect<never, Problem.UnknownSubject | Problem.Unavailable> => {
          if (error._tag !== "StoreError") return Effect.fail(nobody(claims))
          // What does not pass by itself is a defect: a person must look, and clients don't come again.
          if (!error.retryable) return Effect.die(error)
          return Effect.andThen(
            outages.met(Cause.fail(error)),
            Effect.fail(new Problem.Unavailable({ detail: "try again in a moment" }))
          )
        }

      const identify = Effect.fnUntraced(function* (credential: Redacted.Redacted) {
        const path = which === "path" ? yield* named : undefined
        const claims = yield* verify(credential, path)
        const tenant = yield* Effect.catch(enter(companyOf(which, path, claims)), closed(claims))
        const id = yield* tenant
          .resolve(claims, true)
          .pipe(Effect.catchTag("UnknownSubject", () => Effect.fail(nobody(claims))))
        return { id, tenant, path }
      })

      /** Whether a token is now whose it was, in the same company. */
      const holds = (id: UserId, tenant: Tenant, credential: Redacted.Redacted) =>
        Effect.match(Effect.scoped(identify(credential)), {
          onFailure: () => false,
          onSuccess: (now) => now.id === id && now.tenant.id === tenant.id
        })

      return Authorization.of({
        bearer: (httpEffect, { credential }) =>
          Effect.flatMap(Effect.tapError(identify(credential), challenge(credential)), ({ id, path, tenant }) => {
            const caller: Caller = {
              tenant,
              countBatch: (items) => ofBatch(id, items, tenant.id),
              tokenLifetime: () => lifetime(credential, path),
              tokenHolds: () => holds(id, tenant, credential)
            }
            tenant.requests += 1
            return Effect.flatMapEager(ofUser(id, tenant.id), () =>
              Effect.annotateCurrentSpan({ "company.id": tenant.id, "user.id": id }).pipe(
                Effect.andThen(Effect.updateContext(httpEffect, contextOf(id, caller)))
              )
            )
          }) as never
      })
    })
  )

const contextOf =
  (id: UserId, caller: Caller) =>
  (context: Context.Context<never>): Context.Context<CurrentActor> =>
    Context.add(context, CurrentActor, Actor.user(id)).pipe(
      Context.add(Caller, caller),
      Context.add(References.CurrentLogAnnotations, {
        ...Context.get(context, References.CurrentLogAnnotations),
        "company.id": caller.tenant!.id,
        "user.id": id
      })
    )
