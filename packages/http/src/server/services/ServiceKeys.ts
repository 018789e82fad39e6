/**
 * The keys of services: who asks by which, and what they may ask. Users' tokens are no keys, and keys are no tokens.
 */
import { timingSafeEqual } from "node:crypto"
import { Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Problem from "../../api/Problem.ts"
import { CurrentService, type Grant, ServiceAuthorization } from "../../api/services/middleware.ts"
import { withHeader } from "../wire/withHeader.ts"

/** A service that asks. */
export interface Credential {
  /** What it is called in logs and refusals. */
  readonly service: string
  /** Its keys: all of them hold, so that one can take the place of another while both are in use. */
  readonly keys: ReadonlyArray<Redacted.Redacted<string> | string>
  /** What it may ask; default: what a context of that name needs (`usual`). */
  readonly may?: ReadonlyArray<Grant> | undefined
}

/** What each context asks of the others. */
const usual: Readonly<Record<string, ReadonlyArray<Grant>>> = {
  users: [],
  tasks: ["log:users", "directory", "identities", "prices"],
  billing: ["log:users", "log:tasks", "directory", "identities"],
  reports: ["log:billing", "directory", "identities", "payouts", "audit-log"]
}

/** The keys are such that whoever guesses could find one, or nobody could tell whose it is. */
export class ServiceKeysError extends Schema.TaggedError<ServiceKeysError>()("ServiceKeysError", {
  message: Schema.String
}) {}

/** Visible ASCII, and long: a random one of 32 characters is not guessed. */
const wellFormed = /^[!-~]{32,500}$/u

interface Known {
  readonly digest: Buffer
  readonly service: CurrentService["Service"]
}

const known = (sha256: (text: string) => string, credentials: ReadonlyArray<Credential>) =>
  Effect.gen(function* () {
    const all: Array<Known> = []
    const owners = new Map<string, string>()
    for (const { keys, may, service } of credentials) {
      const grants = may ?? usual[service]
      const fail = (message: string) => new ServiceKeysError({ message: `the keys of ${service}: ${message}` })
      if (grants === undefined) return yield* fail("say what it may ask, since it has the name of no context")
      for (const key of keys) {
        const text = Redacted.isRedacted(key) ? Redacted.value(key) : key
        if (!wellFormed.test(text)) return yield* fail("each must be 32-500 visible ASCII characters, random ones")
        const digest = sha256(text)
        const owner = owners.get(digest)
        if (owner !== undefined && owner !== service) return yield* fail(`one is a key of ${owner} as well`)
        owners.set(digest, service)
        all.push({ digest: Buffer.from(digest, "hex"), service: { name: service, may: new Set(grants) } })
      }
    }
    return all
  })

/** Lets services in by their keys: the contract's `ServiceAuthorization`. */
export const layer = (
  credentials: ReadonlyArray<Credential>
): Layer.Layer<ServiceAuthorization, ServiceKeysError, Digest.Digest> =>
  Layer.effect(
    ServiceAuthorization,
    Effect.gen(function* () {
      const { sha256 } = yield* Digest.Digest
      const all = yield* known(sha256, credentials)
      /** All are compared, each in the same time, so that the time says nothing of which is how alike. */
      const serviceOf = (credential: string) => {
        const digest = Buffer.from(sha256(credential), "hex")
        let found: CurrentService["Service"] | undefined
        for (const one of all) if (timingSafeEqual(one.digest, digest)) found = one.service
        return found
      }
      return ServiceAuthorization.of({
        bearer: (httpEffect, { credential }) => {
          const service = serviceOf(Redacted.value(credential))
          return service === undefined
            ? refused
            : Effect.andThen(
                Effect.annotateCurrentSpan("service", service.name),
                Effect.provideService(httpEffect, CurrentService, service)
              )
        }
      })
    })
  )

const refused = Effect.andThen(
  withHeader("www-authenticate", 'Bearer realm="popug services"'),
  Effect.fail(new Problem.Unauthenticated({ detail: "a service's key is needed" }))
)
