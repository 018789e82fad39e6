/**
 * Task stores that break their contract, each in one way.
 */
import { BusinessDay, type Company, StoreError, type TaskStore } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

type Store = TaskStore["Service"]

const rolledBack = new StoreError({ reason: "Conflict", retryable: false, committed: "no", message: "rolled back" })

/** Loads before it takes the head: what a body sees was read in a transaction before its own. */
export const loadingEarly = (store: Store): Store => ({
  ...store,
  transact: (body) =>
    Effect.gen(function* () {
      const loaded: Array<unknown> = []
      const rehearsal = store.transact((tx) =>
        body({
          ...tx,
          load: (query) => Effect.tap(tx.load(query), (rows) => Effect.sync(() => void loaded.push(rows))),
          save: () => Effect.fail(rolledBack)
        })
      )
      const rehearsed = yield* Effect.exit(rehearsal)
      // It had nothing to save, so it was no rehearsal.
      if (rehearsed._tag === "Success") return rehearsed.value
      let next = 0
      return yield* store.transact((tx) =>
        body({
          ...tx,
          load: (query) =>
            next < loaded.length
              ? Effect.succeed(loaded[next++] as Effect.Success<ReturnType<typeof tx.load>>)
              : tx.load(query)
        })
      )
    })
})

/** Goes by a clock that may go back: a day that has ended is open again, and ends once more. */
export const followingTheClock = (store: Store, { calendar }: Company["Service"]): Store => ({
  ...store,
  transact: (body) =>
    store.transact((tx) =>
      Effect.flatMap(DateTime.now, (now) => {
        const period = BusinessDay.periodAt(calendar, now)
        return body(period < tx.head.period ? { ...tx, head: { ...tx.head, period } } : tx)
      })
    )
})
