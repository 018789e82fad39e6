/**
 * What the log has of a server that was stopped for a moment, under a company that works on.
 */
import {
  Actor,
  Company,
  Consumers,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Schedule,
  type StoreError,
  Tasks,
  Users
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { afterAll, beforeAll, expect, it } from "vitest"
import { launch, type Server } from "./server/Server.ts"
import { of } from "./support.ts"

let server: Server
beforeAll(async () => void (server = await launch({ fsync: true })), 60_000)
afterAll(() => server?.stop())

it(
  "says once that the database is away, and once that it is back, for each that waits for it",
  { timeout: 120_000 },
  () => {
    const log: Array<string> = []
    const logger = Logger.make<unknown, void>(({ message }) => void log.push(String([message].flat()[0])))
    const company = Layer.provideMerge(Schedule.layer, Popug.layer).pipe(
      Layer.provideMerge(
        Layer.mergeAll(
          of("popug")(Postgres.layer({ url: Redacted.make(server.url), ssl: false, migrate: true })),
          Company.layer({ secret: "s" }),
          Ids.layer,
          Notifier.layerLog
        )
      ),
      Layer.provide(Layer.succeed(PollInterval, Duration.millis(5))),
      Layer.provide(Logger.layer([logger]))
    )
    return Effect.gen(function* () {
      const [tasks, users] = [yield* Tasks, yield* Users]
      const { awaitApplied } = yield* Consumers
      yield* users.create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
      const create = (title: string) => tasks.create(Actor.system, [{ title }])
      const work = yield* Effect.forkChild(
        Effect.forever(Effect.andThen(Effect.ignore(create("Wait for it")), Effect.sleep("5 millis")))
      )
      yield* Effect.promise(() => server.kill())
      // Until whoever waits has tried many times.
      const away: StoreError = yield* Effect.flip(
        Effect.forever(Effect.mapError(create("Not now"), (error) => error as StoreError))
      )
      expect(away).toMatchObject({ _tag: "StoreError", retryable: true })
      yield* Effect.promise(() => server.start())
      const back = create("At last").pipe(Effect.eventually)
      yield* awaitApplied("billing", (yield* back).number)
      yield* Fiber.interrupt(work)
      const ended = (line: string) => line.startsWith("it works again after")
      const [ends, begins] = [log.filter(ended), log.filter((line) => !ended(line))]
      expect(new Set(begins).size).toBeGreaterThan(4)
      // Some are away in two ways, one after the other: the connection is lost, then refused.
      expect(begins.length).toBeLessThan(3 * new Set(begins).size)
      expect(begins.length).toBeLessThan(40)
      // What has applied everything has said so, if it had anything to say.
      const billing = "consumer billing could not go on"
      const [begun, over] = [begins, ends].map((lines) => lines.some((line) => line.includes(billing)))
      expect(over).toBe(begun)
      expect(new Set(ends).size).toBe(ends.length)
    }).pipe(Effect.provide(company), Effect.provide(Logger.layer([logger])), Effect.scoped, Effect.runPromise)
  }
)
