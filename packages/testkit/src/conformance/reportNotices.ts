/**
 * What `ReportStore` promises of notices: when they are due, who gets them, and what became of them.
 */
import { Report } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import { same, sameSet } from "./expect.ts"
import { all, idOf, notice, opened, save, settled } from "./reportKit.ts"

/** Five notices: two sent, one of them after a failure; three pending, one of them after a failure. */
const fiveNotices = Effect.gen(function* () {
  const store = yield* opened
  yield* save({ notices: ["e", "d", "c", "b", "a"].map((id) => notice(id)) })
  yield* store.due(10)
  yield* store.settle([
    settled("a", { status: "sent", attempts: 1 }),
    settled("b", { status: "sent", attempts: 2 }),
    settled("c", { attempts: 3, lastError: "no answer", waitMillis: 5_000 }),
    settled("d", { waitMillis: 2_000 }),
    settled("e", { waitMillis: 9_000 })
  ])
  return store
})

const noon = Date.UTC(2031, 4, 5, 12)
const atNoon = <A, E, R>(body: (set: (millis: number) => void) => Effect.Effect<A, E, R>) =>
  Data.withClock((set) => {
    set(noon)
    return body(set)
  })

export const notices = {
  "a new notice is pending and due at once": atNoon(() =>
    Effect.gen(function* () {
      const store = yield* opened
      yield* save({ notices: [notice("a")] })
      const [kept] = (yield* store.notices({}, all)).rows
      same(
        kept,
        { notice: notice("a"), status: "pending", attempts: 0, dueAt: noon, lastError: null },
        "the new notice"
      )
      same((yield* store.due(10)).map(idOf), ["a"], "what is due")
    })
  ),

  "leases what is due for a minute": atNoon((set) =>
    Effect.gen(function* () {
      const store = yield* opened
      yield* save({ notices: [notice("a"), notice("b")] })
      same(
        (yield* store.due(10)).map(({ dueAt }) => dueAt - noon),
        [60_000, 60_000],
        "for how long the notices are leased"
      )
      same(yield* store.due(10), [], "leased notices")
      set(noon + 59_999)
      same(yield* store.due(10), [], "leased notices")
      set(noon + 60_000)
      same((yield* store.due(10)).length, 2, "notices whose lease is over")
    })
  ),

  "returns what is longest due first, and no more than asked for": atNoon((set) =>
    Effect.gen(function* () {
      const store = yield* fiveNotices
      same(yield* store.due(10), [], "notices before they are due")
      set(noon + 5_000)
      same((yield* store.due(1)).map(idOf), ["d"], "the notice that is due first")
      set(noon + 10_000)
      same((yield* store.due(10)).map(idOf), ["c", "e"], "the notices that are due next")
    })
  ),

  "a notice is due after its wait, counted by the store's clock from when it was settled": atNoon((set) =>
    Effect.gen(function* () {
      const store = yield* opened
      yield* save({ notices: [notice("a")] })
      yield* store.due(10)
      // It took half a minute to find out that it could not be sent.
      set(noon + 30_000)
      yield* store.settle([settled("a", { attempts: 1, lastError: "no answer", waitMillis: 1_000 })])
      set(noon + 30_999)
      same(yield* store.due(10), [], "notices that wait")
      set(noon + 31_000)
      same((yield* store.due(10)).map(idOf), ["a"], "notices whose wait is over")
    })
  ),

  "what a clock that was put back since has put off is due too, and nothing waits for that clock": atNoon((set) =>
    Effect.gen(function* () {
      const store = yield* opened
      const ahead = noon + 40 * 86_400_000
      set(ahead)
      yield* save({ notices: ["a", "b", "c"].map((id) => notice(id)) })
      yield* store.due(2)
      yield* store.settle([settled("a", { attempts: 1, lastError: "no answer", waitMillis: 3_600_000 })])
      set(noon)
      yield* save({ notices: [notice("d")] })
      same((yield* store.due(1)).map(idOf), ["d"], "the notice that comes first")
      const given = yield* store.due(10)
      same(given.map(idOf), ["c", "b", "a"], "the notices that the other clock had put off")
      same(
        given.map(({ dueAt }) => dueAt - noon),
        [60_000, 60_000, 60_000],
        "for how long they are leased"
      )
      same(yield* store.due(10), [], "leased notices")
      yield* store.settle([settled("a", { attempts: 2, waitMillis: Report.farthestDueMillis })])
      same(yield* store.due(10), [], "a notice that is due as late as any can be")
    })
  ),

  "stores what became of notices": atNoon(() =>
    Effect.gen(function* () {
      const store = yield* fiveNotices
      const rows = (yield* store.notices({}, all)).rows
      same(
        rows.map(({ attempts, dueAt, lastError, notice, status }) => [
          notice.id,
          status,
          attempts,
          dueAt - noon,
          lastError
        ]),
        [
          ["a", "sent", 1, 0, null],
          ["b", "sent", 2, 0, null],
          ["c", "pending", 3, 5_000, "no answer"],
          ["d", "pending", 0, 2_000, null],
          ["e", "pending", 0, 9_000, null]
        ],
        "the notices, their status, attempts, due times and errors"
      )
    })
  ),

  "settling passes over notices that are not kept, and changes nothing of what the others say": Effect.gen(
    function* () {
      const store = yield* opened
      yield* save({ notices: [notice("a")] })
      yield* store.due(1)
      yield* store.settle([settled("unknown"), settled("a", { status: "sent", attempts: 1 })])
      same(
        (yield* store.notices({}, all)).rows.map(({ notice, status }) => [notice, status]),
        [[notice("a"), "sent"]],
        "the notices"
      )
    }
  ),

  "lists notices by id, by status and those that failed, in pages": atNoon(() =>
    Effect.gen(function* () {
      const store = yield* fiveNotices
      const list = (filter: Parameters<typeof store.notices>[0], limit: number) =>
        Effect.map(
          Data.allPages(idOf, limit, (paging) => store.notices(filter, paging)),
          (rows) => rows.map(idOf)
        )
      for (const limit of [1, 2, 10]) {
        same(yield* list({}, limit), ["a", "b", "c", "d", "e"], "all notices")
        same(yield* list({ status: "pending" }, limit), ["c", "d", "e"], "the pending notices")
        same(yield* list({ status: "sent" }, limit), ["a", "b"], "the sent notices")
        same(yield* list({ failed: true }, limit), ["b", "c"], "the notices that failed once")
        same(yield* list({ failed: true, status: "sent" }, limit), ["b"], "the sent notices that failed once")
        same(yield* list({ failed: false }, limit), ["a", "b", "c", "d", "e"], "all notices, failed or not")
      }
    })
  ),

  "two who ask at once do not get the same notice": Effect.gen(function* () {
    const store = yield* opened
    const ids = Array.from({ length: 40 }, (_, index) => `n${index}`)
    yield* save({ notices: ids.map((id) => notice(id)) })
    const given = yield* Effect.forEach(Array.from({ length: 10 }), () => store.due(4), { concurrency: "unbounded" })
    sameSet(given.flat().map(idOf), ids, "the notices given out")
  })
}
