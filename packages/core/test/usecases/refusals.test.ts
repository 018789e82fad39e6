/**
 * A store that can't hold something of what commands ask for.
 */
import { StoreError, Tasks, TaskStore } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { layer, manager, staff } from "./support.ts"

/** How a store refuses: for good, and what its error says of it. */
const refusal = (reason: StoreError["reason"], committed: StoreError["committed"]) =>
  new StoreError({ reason, retryable: false, committed, message: "the encoding lacks a character of the title" })

/** Memory that can't write titles with a cross, and counts its transactions. */
const without = (cross: string, error: StoreError, count: { transactions: number }) =>
  Layer.effect(
    TaskStore,
    Effect.map(TaskStore, (store) =>
      TaskStore.of({
        ...store,
        transact: (body) => {
          count.transactions += 1
          return store.transact((tx) =>
            body({
              ...tx,
              save: (changes) =>
                changes.tasks.some(({ title }) => title.includes(cross)) ? Effect.fail(error) : tx.save(changes)
            })
          )
        }
      })
    )
  ).pipe(Layer.provideMerge(Memory.layer))

/** Creates tasks at once, so that all but the first go in one commit; returns who was refused. */
const creating = (error: StoreError, titles: ReadonlyArray<string>, again = titles) => {
  const count = { transactions: 0 }
  const create = (title: string) =>
    Effect.flatMap(Tasks, (tasks) =>
      Effect.exit(tasks.create(manager, [{ title }], { commandId: `key-${titles.indexOf(title)}` }))
    )
  return Effect.gen(function* () {
    yield* staff
    const transactions = count.transactions
    const exits = yield* Effect.forEach(titles, create, { concurrency: "unbounded" })
    const used = count.transactions - transactions
    const repeated = yield* Effect.forEach(again, create, { concurrency: "unbounded" })
    return {
      refused: titles.filter((_, index) => Exit.isFailure(exits[index]!)),
      errors: exits.flatMap((exit) => (Exit.isFailure(exit) ? [Exit.findErrorOption(exit)] : [])),
      repeated: repeated.map((exit, index) => Exit.isSuccess(exit) && exit.value.answer[0]!.title === again[index]),
      created: (yield* (yield* Tasks).list(manager, {}, { limit: 100 })).rows.length,
      used
    }
  }).pipe(
    Effect.provide(layer({}, without("×", error, count))),
    Effect.provide(TestClock.layer()),
    Effect.scoped,
    Effect.runPromise
  )
}

const titles = Array.from({ length: 12 }, (_, index) => `Task ${index}${index % 7 === 3 ? " ×" : ""}`)

describe("commands that the store refuses", () => {
  it("fail alone; the rest of their batch is done, once", async () => {
    const { created, errors, refused, repeated, used } = await creating(refusal("Conflict", "no"), titles)
    expect(refused).toEqual(["Task 3 ×", "Task 10 ×"])
    expect(errors.map((error) => error._tag === "Some" && error.value)).toEqual([
      refusal("Conflict", "no"),
      refusal("Conflict", "no")
    ])
    // The same keys again: those that were done are answered from their records.
    expect(repeated).toEqual(titles.map((title) => !title.includes("×")))
    expect(created).toBe(10)
    expect(used).toBeLessThan(20)
  })

  it("fail all together where the store itself is at fault, or what happened is not known", async () => {
    for (const error of [refusal("Unavailable", "no"), refusal("Corrupt", "no"), refusal("Conflict", "unknown")]) {
      const { refused, used } = await creating(error, titles, [])
      expect(refused.length).toBeGreaterThan(9)
      expect(used).toBeLessThan(4)
    }
  })
})
