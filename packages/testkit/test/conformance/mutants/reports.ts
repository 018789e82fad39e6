import { initialReportCursor, Report, ReportStore } from "@popug/core"
import { Memory } from "@popug/memory"
import { reportStore } from "@popug/testkit/conformance"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { passing } from "./headStores.ts"
import { mangles } from "./mangles.ts"
import { mutants, over, without } from "./Mutant.ts"

type Store = ReportStore["Service"]
type Transact = Store["transact"]
type Sentence = keyof (typeof reportStore)["promises"]

const mutant = (name: string, promise: Sentence, mutilate: (store: Store) => Partial<Store>) => ({
  name,
  breaks: [promise],
  layer: over(ReportStore, mutilate)
})

const commitsOn =
  (how: (cause: Cause.Cause<unknown>) => boolean) =>
  ({ transact }: Store): Partial<Store> => ({
    transact: (body) =>
      Effect.uninterruptible(
        transact((tx) =>
          Effect.matchCauseEffect(Effect.interruptible(body(tx)), {
            onFailure: (cause) => (how(cause) ? Effect.succeed(Effect.failCause(cause)) : Effect.failCause(cause)),
            onSuccess: (answer) => Effect.succeed(Effect.succeed(answer))
          })
        )
      ).pipe(Effect.flatMap((answer) => answer))
  })

const onDue =
  (change: (due: ReadonlyArray<Report.KeptNotice>) => ReadonlyArray<Report.KeptNotice>) =>
  ({ due }: Store) => ({
    due: (limit: number) => Effect.map(due(limit), change)
  })

const waiting = ({ attempts, lastError, notice, status }: Report.KeptNotice, waitMillis: number) => ({
  id: notice.id,
  attempts,
  lastError,
  status,
  waitMillis
})

const unknown = (id: string): Report.Notice => ({
  _tag: "Payout",
  id,
  period: "2026-03-01" as never,
  payout: {
    owner: "ann" as never,
    name: null,
    opening: 0n,
    fees: 0n,
    awards: 1n,
    payout: 1n,
    currency: "EUR" as never
  }
})

const putBack = "what a clock that was put back since has put off is due too, and nothing waits for that clock"
const listsNotices = "lists notices by id, by status and those that failed, in pages"

export const reports = mutants(reportStore, Memory.layer, [
  mutant(
    "opens for anybody",
    "opens a second time as if it were the first, and refuses another time zone",
    ({ open }) => ({ open: (identity) => Effect.catchTag(open(identity), "CompanyMismatch", () => Effect.void) })
  ),
  mutant("adopts nothing", "adopts other rules at any time", () => ({ adopt: () => Effect.void })),
  mutant(
    "opens for whoever comes first",
    "before it is opened, transactions are refused and there is no cursor",
    ({ open, transact }) => ({
      transact: (body) =>
        Effect.andThen(
          Effect.ignore(
            open({ id: "conformance", timeZone: "Europe/Prague", cutoff: "04:00", currency: "EUR" as never, rules: {} })
          ),
          transact(body)
        )
    })
  ),
  mutant(
    "has a cursor before it is opened",
    "before it is opened, transactions are refused and there is no cursor",
    ({ cursor }) => ({ cursor: Effect.orElseSucceed(cursor, () => initialReportCursor) })
  ),
  mutant(
    "takes any cursor",
    "refuses a cursor of another consumer or source, whatever its body makes of it",
    ({ transact }) => ({
      transact: (body) =>
        transact((tx) =>
          body({
            ...tx,
            save: (changes) => tx.save({ ...changes, cursor: { ...tx.cursor, number: changes.cursor.number } })
          })
        )
    })
  ),
  ...(
    [
      "before it is opened, transactions are refused and there is no cursor",
      "refuses a cursor of another consumer or source, whatever its body makes of it",
      "a transaction saves once"
    ] as const
  ).map((sentence) =>
    mutant(`calls passing what it must refuse: ${sentence}`, sentence, ({ transact }) => ({
      transact: (body) => passing(transact(body))
    }))
  ),
  mutant(
    "keeps notices that are settled though unknown",
    "settling passes over notices that are not kept, and changes nothing of what the others say",
    ({ settle, transact }) => ({
      settle: (notices) =>
        Effect.andThen(
          transact((tx) => tx.save({ cursor: tx.cursor, reports: [], notices: notices.map(({ id }) => unknown(id)) })),
          settle(notices)
        )
    })
  ),
  mutant("starts at one", "starts at the origin of billing's events", ({ cursor }) => ({
    cursor: Effect.map(cursor, (cursor) => ({ ...cursor, number: 1 }))
  })),
  mutant("writes nothing", "what one transaction saved, the next one sees", ({ transact }) => ({
    transact: (body) => transact((tx) => body({ ...tx, save: () => Effect.void }))
  })),
  mutant("commits though the body failed", "a transaction that fails leaves nothing behind", commitsOn(Cause.hasFails)),
  mutant("commits though the body died", "a transaction that dies leaves nothing behind", commitsOn(Cause.hasDies)),
  mutant(
    "commits though the body was interrupted",
    "a transaction that is interrupted leaves nothing behind",
    commitsOn(Cause.hasInterrupts)
  ),
  mutant("does not lock its cursor", "twenty transactions at once run one after another", ({ transact }) => ({
    transact: Effect.fnUntraced(function* (body) {
      const seen = yield* transact((tx) => Effect.succeed(tx))
      return yield* body({ ...seen, save: (changes) => transact((tx) => tx.save(changes)) })
    }) as Transact
  })),
  mutant("saves twice", "a transaction saves once", ({ transact }) => ({
    transact: (body) =>
      transact((tx) => {
        let saved = false
        return body({
          ...tx,
          save: (changes) => Effect.suspend(() => (saved ? Effect.void : ((saved = true), tx.save(changes))))
        })
      })
  })),
  mutant("sends again what is sent", "reports and notices that are there already stay as they are", (store) => ({
    transact: (body) =>
      store.transact((tx) =>
        body({
          ...tx,
          save: (changes) =>
            Effect.andThen(
              tx.save(changes),
              store.settle(
                changes.notices.map(({ id }) => ({
                  id,
                  status: "pending",
                  attempts: 0,
                  waitMillis: 0,
                  lastError: null
                }))
              )
            )
        })
      )
  })),
  ...Object.entries(mangles).map(([name, mangle]) =>
    mutant(`reports: ${name}`, "lists reports by date, in a range and in pages", ({ reports }) => ({
      reports: (range, paging) => Effect.map(reports(range, paging), (page) => mangle(page, paging.limit))
    }))
  ),
  mutant("ignores the range of reports", "lists reports by date, in a range and in pages", ({ reports }) => ({
    reports: (_, paging) => reports({}, paging)
  })),
  mutant(
    "returns new notices later",
    "a new notice is pending and due at once",
    onDue(() => [])
  ),
  mutant("does not lease", "leases what is due for a minute", ({ due, settle }) => ({
    due: (limit) => Effect.tap(due(limit), (kept) => settle(kept.map((one) => waiting(one, 0))))
  })),
  mutant(
    "returns notices as they were before the lease",
    "leases what is due for a minute",
    onDue((due) => due.map((kept) => ({ ...kept, dueAt: kept.dueAt - 60_000 })))
  ),
  mutant("leases for ever", "leases what is due for a minute", ({ due, settle }) => ({
    due: (limit) => Effect.tap(due(limit), (kept) => settle(kept.map((one) => waiting(one, 1e12))))
  })),
  mutant(
    "returns the last first",
    "returns what is longest due first, and no more than asked for",
    onDue((due) => due.toReversed())
  ),
  mutant("returns all that is due", "returns what is longest due first, and no more than asked for", ({ due }) => ({
    due: () => due(100)
  })),
  ...[-1, 1].map((off) =>
    mutant(
      `counts waits by a clock that is ${off < 0 ? "behind" : "ahead"}`,
      "a notice is due after its wait, counted by the store's clock from when it was settled",
      ({ settle }) => ({
        settle: (notices) => settle(notices.map((one) => ({ ...one, waitMillis: one.waitMillis + off })))
      })
    )
  ),
  mutant("waits for the time of a clock that was put back", putBack, ({ due, notices, settle }) => ({
    due: (limit) =>
      Effect.gen(function* () {
        const before = new Map(
          (yield* notices({ status: "pending" }, { limit: 100 })).rows.map((one) => [one.notice.id, one])
        )
        const now = yield* Clock.currentTimeMillis
        const waits = (id: string) => before.get(id)!.dueAt > now
        const given = yield* due(limit)
        const early = given.filter(({ notice }) => waits(notice.id))
        yield* settle(early.map((one) => waiting(one, before.get(one.notice.id)!.dueAt - now)))
        return given.filter(({ notice }) => !waits(notice.id))
      })
  })),
  mutant("returns what may be due so late", putBack, ({ due, notices, settle }) => ({
    due: (limit) =>
      Effect.gen(function* () {
        const { rows } = yield* notices({ status: "pending" }, { limit: 100 })
        const at = (yield* Clock.currentTimeMillis) + Report.farthestDueMillis
        yield* settle(rows.filter(({ dueAt }) => dueAt === at).map((one) => waiting(one, 0)))
        return yield* due(limit)
      })
  })),
  mutant("forgets what went wrong", "stores what became of notices", ({ settle }) => ({
    settle: (notices) => settle(notices.map((kept) => ({ ...kept, lastError: null })))
  })),
  ...Object.entries(mangles).map(([name, mangle]) =>
    mutant(`notices: ${name}`, listsNotices, ({ notices }) => ({
      notices: (filter, paging) => Effect.map(notices(filter, paging), (page) => mangle(page, paging.limit))
    }))
  ),
  ...(["status", "failed"] as const).map((key) =>
    mutant(`ignores ${key} of notices`, listsNotices, ({ notices }) => ({
      notices: (filter, paging) => notices(without(filter, key), paging)
    }))
  ),
  mutant("lists those that never failed, where nobody asked for failed ones alone", listsNotices, ({ notices }) => ({
    notices: (filter, paging) =>
      Effect.map(notices(filter, paging), ({ more, rows }) => ({
        more,
        rows: filter.failed === false ? rows.filter(({ lastError }) => lastError === null) : rows
      }))
  })),
  mutant("gives a notice to two", "two who ask at once do not get the same notice", ({ due, notices }) => ({
    due: (limit) => Effect.flatMap(notices({ status: "pending" }, { limit }), ({ rows }) => Effect.as(due(limit), rows))
  }))
])
