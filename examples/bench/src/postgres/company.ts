/**
 * A company on Postgres for the benchmarks: the registration of tasks alone, or the books that follow it.
 */
import { Actor, Billing, Books, Company, Consumers, Ids, layerDirectory, PollInterval, Tasks, Users } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"

const ports = (url: string, schema: string) =>
  Layer.mergeAll(
    Postgres.layer({ url: Redacted.make(url), ssl: false, schema, migrate: true, listen: false }),
    Company.layer({ secret: "bench" }),
    Ids.layer,
    Layer.succeed(PollInterval, null)
  )

/** Users and tasks; nobody consumes what they write but by hand. */
export const registration = async (url: string, schema: string, popugs: number) => {
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(Users.layer, Tasks.layer).pipe(
      Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory)),
      Layer.provideMerge(ports(url, schema))
    )
  )
  await runtime.runPromise(
    Effect.gen(function* () {
      yield* (yield* Users).create(
        Actor.system,
        Array.from({ length: popugs }, (_, index) => ({ id: `p${index}`, name: `p${index}`, roles: ["worker"] }))
      )
      yield* (yield* Consumers).settle
    })
  )
  return runtime
}

/** The books over the same schema. */
export const books = (url: string, schema: string) =>
  ManagedRuntime.make(
    Layer.mergeAll(Billing.layer, Books.layer).pipe(
      Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory)),
      Layer.provideMerge(ports(url, schema))
    )
  )
