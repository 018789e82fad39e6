/**
 * What `BillingStore` lists of the journal.
 */
import { Account, BillingStore, type Transfer, type TransferFilter } from "@popug/core"
import * as Effect from "effect/Effect"
import * as BillingKit from "./BillingKit.ts"
import { ann, bob, book, correction, day1, day2, day3, kit } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { same } from "./expect.ts"
import { open } from "./Kit.ts"

const byNumber = (transfer: Transfer.Transfer) => transfer.number

/** Three days of transfers, 1-7. */
const journal = Effect.gen(function* () {
  yield* open(kit)
  const first = yield* book(day1, { debit: ann }, { debit: bob }, { debit: ann })
  const second = yield* book(day2, { debit: bob })
  const third = yield* book(day3, { debit: ann }, { kind: "award", debit: Account.awards, credit: bob }, { debit: ann })
  return { store: yield* BillingStore, transfers: [...first, ...second, ...third] }
})

export const journals = {
  "lists transfers by number, in pages without gaps or doubles": Effect.gen(function* () {
    const { store, transfers } = yield* journal
    for (const limit of [1, 3, 7, 100]) {
      same(yield* Data.allPages(byNumber, limit, (paging) => store.transfers({}, paging)), transfers, `by ${limit}`)
    }
  }),

  "lists exactly the transfers of an account and of a range of periods": Effect.gen(function* () {
    const { store, transfers } = yield* journal
    for (const account of [ann, bob, Account.fees, Account.cash, undefined]) {
      for (const [from, to] of [
        [undefined, day1],
        [day2, day2],
        [day2, undefined],
        [day1, day3],
        [day3, day1]
      ] as const) {
        const filter = { ...(account && { account }), ...(from && { from }), ...(to && { to }) }
        same(
          yield* Data.allPages(byNumber, 2, (paging) => store.transfers(filter, paging)),
          transfers.filter(
            ({ credit, debit, period }) =>
              (account === undefined || account === debit || account === credit) &&
              (from === undefined || period >= from) &&
              (to === undefined || period <= to)
          ),
          JSON.stringify(filter)
        )
      }
    }
  }),

  "lists exactly the transfers of a task with all that corrects them, whatever its id": Effect.gen(function* () {
    yield* open(kit)
    const store = yield* BillingStore
    const uuid = "019ab5c4-9e22-7b1a-8c40-6f1d2a3b4c5d"
    const fee = (task: string, assignment: number, debit: Account.AccountId): Partial<Transfer.Transfer> => ({
      debit,
      cause: { _tag: "Assigned", event: 1, task: Data.taskId(task), title: "Mend it", assignment }
    })
    const award = (task: string) => ({ kind: "award", debit: Account.awards, credit: bob, task }) as const
    const first = yield* book(day1, fee(uuid, 1, ann), fee("roof", 1, ann), fee(uuid, 3, bob), fee("roof-2", 1, ann))
    const second = yield* book(day2, correction(1, 1), correction(5, 1, true), award(uuid), award("roof"))
    const third = yield* book(day3, fee("roof", 2, bob), fee("roo", 1, bob), correction(8, 1))
    const transfers = [...first, ...second, ...third]
    const list = (filter: Omit<TransferFilter, "task">, task: string, limit: number) =>
      Effect.map(
        Data.allPages(byNumber, limit, (paging) => store.transfers({ ...filter, task: Data.taskId(task) }, paging)),
        (rows) => {
          same(
            rows,
            rows.map(({ number }) => transfers[number - 1]),
            "the transfers"
          )
          return rows.map(byNumber)
        }
      )
    for (const limit of [1, 2, 100]) {
      same(yield* list({}, uuid, limit), [1, 3, 5, 6, 7], "the transfers of a UUID")
      same(yield* list({}, "roof", limit), [2, 8, 9, 11], "the transfers of a name")
    }
    same(yield* list({ account: ann }, uuid, 2), [1, 5, 6], "those of one account")
    same(yield* list({ from: day2, to: day2 }, "roof", 2), [8], "those of one day")
    same(yield* list({ numbers: [1, 2, 7] }, uuid, 2), [1, 7], "those of some numbers")
    same(yield* list({}, "nothing", 2), [], "the transfers of a task that is not there")
    same(yield* list({}, uuid.replace("019", "018"), 2), [], "the transfers of a UUID that is not there")
  }),

  "lists exactly the transfers of some numbers": Effect.gen(function* () {
    const { store, transfers } = yield* journal
    const list = (numbers: ReadonlyArray<number>, limit: number) =>
      Effect.map(
        Data.allPages(byNumber, limit, (paging) => store.transfers({ numbers }, paging)),
        (rows) => rows.map(byNumber)
      )
    same(yield* list([7, 2, 2, 100, 4], 2), [2, 4, 7], "some of the transfers")
    same(yield* list([], 2), [], "none of them")
    same(yield* list(transfers.map(byNumber), 3), transfers.map(byNumber), "all of them")
    const of = { account: bob, from: day2, numbers: [1, 2, 4, 6] }
    same((yield* store.transfers(of, BillingKit.all)).rows.map(byNumber), [4, 6], "those of an account from a day on")
  }),

  "lists the newest transfers first, whichever are asked for, in pages without gaps or doubles": Effect.gen(
    function* () {
      const { store, transfers } = yield* journal
      const [task] = transfers.flatMap(({ cause }) => ("task" in cause && cause.task !== null ? [cause.task] : []))
      const filters: ReadonlyArray<TransferFilter> = [
        {},
        ...[ann, bob, Account.fees, Account.awards].map((account) => ({ account })),
        { from: day2 },
        { to: day2 },
        { account: ann, from: day1, to: day2 },
        { account: Account.fees, from: day2, to: day3 },
        { numbers: [1, 4, 6, 7] },
        { numbers: [1, 2, 5], account: ann },
        { task: task! }
      ]
      for (const filter of filters) {
        const oldest = yield* store.transfers(filter, { order: "oldest", limit: 100 })
        same(oldest, yield* store.transfers(filter, { limit: 100 }), "the oldest first, which is how they come")
        for (const limit of [1, 2, 3, 100]) {
          same(
            yield* Data.allPages(byNumber, limit, (paging) => store.transfers(filter, { ...paging, order: "newest" })),
            oldest.rows.toReversed(),
            `${JSON.stringify(filter)} by ${limit}, the newest first`
          )
        }
      }
    }
  )
}
