/**
 * Stores that list the journal, or an account's balances, in a wrong way.
 */
import * as Effect from "effect/Effect"
import { onPages, read } from "./booksRead.ts"
import { mangles } from "./mangles.ts"
import { without } from "./Mutant.ts"

const newestFirst = "lists the newest transfers first, whichever are asked for, in pages without gaps or doubles"
const byPeriod = "lists the balances of an account by period, in a range and in pages"

export const ofJournal = [
  ...onPages("transfers", "lists transfers by number, in pages without gaps or doubles"),
  ...(["account", "from", "to"] as const).map((key) =>
    read(
      `ignores the ${key} of a list of transfers`,
      "lists exactly the transfers of an account and of a range of periods",
      ({ transfers }) => ({ transfers: (filter, paging) => transfers(without(filter, key), paging) })
    )
  ),
  ...(["task", "account", "from", "to", "numbers"] as const).map((key) =>
    read(
      `ignores the ${key} of a list of a task's transfers`,
      "lists exactly the transfers of a task with all that corrects them, whatever its id",
      ({ transfers }) => ({ transfers: (filter, paging) => transfers(without(filter, key), paging) })
    )
  ),
  read(
    "lists a task's transfers without what corrects them",
    "lists exactly the transfers of a task with all that corrects them, whatever its id",
    ({ transfers }) => ({
      transfers: (filter, paging) =>
        Effect.map(transfers(filter, paging), ({ more, rows }) => ({
          more,
          rows: filter.task === undefined ? rows : rows.filter(({ cause }) => cause._tag !== "Corrected")
        }))
    })
  ),
  read(
    "ignores the numbers of a list of transfers",
    "lists exactly the transfers of some numbers",
    ({ transfers }) => ({ transfers: (filter, paging) => transfers(without(filter, "numbers"), paging) })
  ),
  read("knows one order of transfers only", newestFirst, ({ transfers }) => ({
    transfers: (filter, paging) => transfers(filter, without(paging, "order"))
  })),
  read("turns each page of the oldest transfers round", newestFirst, ({ transfers }) => ({
    transfers: (filter, { order, ...paging }) =>
      Effect.map(transfers(filter, paging), (page) =>
        order === "newest" ? { ...page, rows: page.rows.toReversed() } : page
      )
  })),
  ...(["account", "from", "to", "numbers", "task"] as const).map((key) =>
    read(`ignores the ${key} of the newest transfers`, newestFirst, ({ transfers }) => ({
      transfers: (filter, paging) => transfers(paging.order === "newest" ? without(filter, key) : filter, paging)
    }))
  ),
  ...Object.entries(mangles).map(([what, mangle]) =>
    read(`balances of an account: ${what}`, byPeriod, ({ balancesOf }) => ({
      balancesOf: (account, range, paging) =>
        Effect.map(balancesOf(account, range, paging), (page) => mangle(page, paging.limit))
    }))
  ),
  ...(["from", "to"] as const).map((key) =>
    read(`ignores the ${key} of an account's balances`, byPeriod, ({ balancesOf }) => ({
      balancesOf: (account, range, paging) => balancesOf(account, without(range, key), paging)
    }))
  ),
  read("tells one account's balances for another's", byPeriod, ({ balances, balancesOf }) => ({
    balancesOf: (account, range, paging) =>
      Effect.flatMap(balancesOf(account, range, paging), (page) =>
        page.rows.length > 0
          ? Effect.succeed(page)
          : Effect.map(balances(range.from ?? ("2026-03-02" as never), { limit: 1 }), ({ rows }) => ({
              rows,
              more: false
            }))
      )
  }))
]
