import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Actor,
  Company,
  Consumers,
  Cursor,
  CursorStore,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  StoreError,
  Tasks,
  Users
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as HostRows from "./hostRows.ts"
import { client, freshSchema, of } from "./support.ts"

const stores = {
  Postgres: (schema: string) => of("popug")(Postgres.layer({ ...client, schema, migrate: true })),
  PGlite: (schema: string) => of("popug")(Pglite.layer({ schema }))
}

const company = (ports: ReturnType<(typeof stores)["Postgres" | "PGlite"]>) =>
  Popug.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(ports, Company.layer({ secret: "s" }), Ids.layer, Notifier.layerLog)),
    // The consumer tries again soon.
    Layer.provide(Layer.succeed(PollInterval, Duration.millis(20)))
  )

/** Two events for each task: it is created, and it is assigned. */
const createTasks = (count: number) =>
  Effect.flatMap(Tasks, (tasks) =>
    tasks.create(
      Actor.system,
      Array.from({ length: count }, (_, index) => ({ title: `task ${index}` }))
    )
  )

const upTo = (number: number) => Array.from({ length: number }, (_, index) => index + 1)

const cursorOf = (consumer: string) =>
  Effect.map(
    Effect.flatMap(CursorStore, (store) => store.list),
    (cursors) => cursors.find((cursor) => cursor.consumer === consumer)?.number ?? 0
  )

const lost = new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message: "lost" })

describe.each(Object.entries(stores))("rows of a host's own on %s", (name, ports) => {
  /** A test in a company of its own, which has somebody who gets tasks. */
  const inCompany =
    <A, E>(body: (schema: string) => Effect.Effect<A, E, Layer.Success<ReturnType<typeof company>> | Scope.Scope>) =>
    () => {
      const schema = freshSchema()
      return Effect.gen(function* () {
        yield* HostRows.create(schema)
        yield* (yield* Users).create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
        yield* (yield* Consumers).settle
        return yield* body(schema)
      }).pipe(Effect.scoped, Effect.provide(company(ports(schema))), Effect.runPromise)
    }

  it(
    "are there with the cursor",
    inCompany((schema) =>
      Effect.gen(function* () {
        yield* HostRows.follow(schema)
        for (let batch = 1; batch <= 3; batch++) {
          const { number } = yield* createTasks(4)
          yield* (yield* Consumers).awaitApplied(HostRows.consumer, number)
          expect(yield* HostRows.read(schema)).toEqual(upTo(number))
          expect(yield* cursorOf(HostRows.consumer)).toBe(number)
        }
      })
    )
  )

  it(
    "are gone with a batch that fails, and there once when it is tried again",
    inCompany((schema) =>
      Effect.gen(function* () {
        let works = false
        const { retry } = yield* HostRows.follow(schema, () => (works ? Effect.void : Effect.fail("no")))
        const { number } = yield* createTasks(4)
        const stopped = yield* Effect.flip((yield* Consumers).awaitApplied(HostRows.consumer, number))
        expect(stopped).toMatchObject({ _tag: "StreamStopped", reason: "Poisoned", number: 1 })
        expect(yield* HostRows.read(schema)).toEqual([])
        expect(yield* cursorOf(HostRows.consumer)).toBe(0)
        works = true
        yield* retry
        yield* (yield* Consumers).awaitApplied(HostRows.consumer, number)
        expect(yield* HostRows.read(schema)).toEqual(upTo(number))
      })
    )
  )

  it(
    "are there once when the store gives up again and again",
    inCompany((schema) =>
      Effect.gen(function* () {
        let failures = 0
        yield* HostRows.follow(schema, () => ((failures += 1) <= 3 ? Effect.fail(lost) : Effect.void))
        const { number } = yield* createTasks(4)
        yield* (yield* Consumers).awaitApplied(HostRows.consumer, number).pipe(Effect.retry({ times: 5 }))
        expect(failures).toBeGreaterThan(3)
        expect(yield* HostRows.read(schema)).toEqual(upTo(number))
      })
    )
  )

  it(
    "are gone with a transaction whose process gives up in the middle of it",
    inCompany((schema) =>
      Effect.gen(function* () {
        const store = yield* CursorStore
        const started = yield* Deferred.make<void>()
        const move = (meanwhile: Effect.Effect<unknown>) =>
          store.transact("own", "tasks", (cursor) =>
            HostRows.write(schema, [cursor.number + 1]).pipe(
              Effect.andThen(meanwhile),
              Effect.as([undefined, { ...cursor, number: cursor.number + 1 }] as const)
            )
          )
        const fiber = yield* Effect.forkChild(move(Effect.andThen(Deferred.succeed(started, undefined), Effect.never)))
        yield* Deferred.await(started)
        yield* Fiber.interrupt(fiber)
        expect(yield* HostRows.read(schema)).toEqual([])
        expect(yield* cursorOf("own")).toBe(0)
        yield* move(Effect.void)
        expect(yield* HostRows.read(schema)).toEqual([1])
        expect(yield* cursorOf("own")).toBe(1)
      })
    )
  )

  it(
    "are gone with a cursor that is refused",
    inCompany((schema) =>
      Effect.gen(function* () {
        const store = yield* CursorStore
        const error = yield* store
          .transact("own", "tasks", () =>
            Effect.as(HostRows.write(schema, [1]), [1, Cursor.start("other", "tasks")] as const)
          )
          .pipe(Effect.flip)
        expect(error).toMatchObject({ _tag: "StoreError", reason: "Conflict" })
        expect(yield* HostRows.read(schema)).toEqual([])
      })
    )
  )

  // PGlite has no connection that could be lost.
  it.skipIf(name === "PGlite")(
    "are there once when the connection is lost before the commit",
    inCompany((schema) =>
      Effect.gen(function* () {
        let cut = 0
        yield* HostRows.follow(schema, () =>
          (cut += 1) > 2
            ? Effect.void
            : Effect.flatMap(PgClient, ({ unsafe }) =>
                Effect.ignore(unsafe("select pg_terminate_backend(pg_backend_pid())"))
              )
        )
        const { number } = yield* createTasks(4)
        yield* (yield* Consumers).awaitApplied(HostRows.consumer, number).pipe(Effect.retry({ times: 5 }))
        expect(cut).toBeGreaterThan(2)
        expect(yield* HostRows.read(schema)).toEqual(upTo(number))
      })
    )
  )
})
