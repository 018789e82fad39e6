/**
 * What companies ask at the same time is asked together, and each has its own answer.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { StoreError } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { expect, it } from "vitest"
import * as Database from "../src/Database.ts"
import type { Question } from "../src/Gathered.ts"
import * as Param from "../src/Param.ts"
import { client } from "./support.ts"

const refused = new StoreError({ reason: "Corrupt", retryable: false, committed: "no", message: "no number" })

/** Asks for squares; what is below zero is refused, and so are all that are asked for with it. */
const squares = () => {
  const asked: Array<ReadonlyArray<number>> = []
  const of = (db: Pick<Database.Database, "query">, numbers: ReadonlyArray<number>) =>
    Effect.suspend(() => {
      asked.push(numbers)
      return numbers.some((number) => number < 0)
        ? Effect.fail(refused)
        : Effect.map(
            db.query<{ readonly square: number }>(
              "select n * n as square from unnest($1) with ordinality a (n, place) order by place",
              [Param.smallInts(numbers)]
            ),
            (rows) => rows.map(({ square }) => square)
          )
    })
  const question: Question<number, number> = {
    one: (db, number) => Effect.map(of(db, [number]), ([square]) => square!),
    many: of
  }
  return { asked, question }
}

const using = <A>(use: (db: Database.Database) => Effect.Effect<A, unknown>) =>
  Effect.runPromise(
    Effect.provide(
      Effect.flatMap(PgClient, (found) => use(Database.make(found, { limits: "connection" }))),
      Postgres.layerClient(client)
    ) as Effect.Effect<A>
  )

const numbers = Array.from({ length: 600 }, (_, index) => index)

it("what is asked while it is asked for others goes together in the next statement", async () => {
  const { asked, question } = squares()
  const answers = await using(({ gathered }) =>
    Effect.forEach(numbers, (number) => gathered.ask(question, number), { concurrency: "unbounded" })
  )
  expect(answers).toEqual(numbers.map((number) => number * number))
  expect(asked.length).toBeLessThan(8)
})

it("one that is refused is refused alone", async () => {
  const { question } = squares()
  const asks = [1, 2, 3, -4, 5]
  const answers = await using(({ gathered }) =>
    Effect.forEach(asks, (number) => Effect.result(gathered.ask(question, number)), { concurrency: "unbounded" })
  )
  expect(answers.map((answer) => (Result.isSuccess(answer) ? answer.success : answer.failure))).toEqual([
    1,
    4,
    9,
    refused,
    25
  ])
})

it("whoever gives up waiting disturbs nobody", async () => {
  const { question } = squares()
  const exits = await using(({ gathered }) =>
    Effect.gen(function* () {
      const fibers = yield* Effect.forEach(numbers, (number) =>
        Effect.forkChild(gathered.ask(question, number), { startImmediately: true })
      )
      for (const fiber of fibers.filter((_, index) => index % 3 === 0)) yield* Fiber.interrupt(fiber)
      return yield* Effect.forEach(fibers, (fiber) => Fiber.await(fiber))
    })
  )
  for (const [index, exit] of exits.entries()) {
    if (index % 3 !== 0) expect(exit).toEqual(Exit.succeed(index * index))
  }
})

it("in a transaction it is asked on its connection", async () => {
  const pids: Array<number> = []
  const question: Question<null, void> = {
    one: (db) =>
      Effect.map(
        db.query<{ readonly pid: number }>("select pg_backend_pid() as pid"),
        ([row]) => void pids.push(row!.pid)
      ),
    many: () => Effect.die("nobody is alone there")
  }
  await using(({ gathered, transaction }) =>
    transaction(Effect.forEach(numbers.slice(0, 5), () => gathered.ask(question, null), { concurrency: "unbounded" }))
  )
  expect([pids.length, new Set(pids).size]).toEqual([5, 1])
})
