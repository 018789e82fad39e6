/**
 * `BillingStore` in memory.
 */
import { type BillingChanges, type BillingQuery, BillingStore, type Identity, initialBillingHead } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import { conflict } from "./errors.ts"
import { adopt, open } from "./opening.ts"
import { found } from "./pages.ts"
import * as Stream from "./Stream.ts"
import { transact } from "./transact.ts"

export const make = (connection: Connection): BillingStore["Service"] => {
  const { stream, table } = connection.disk.billing
  const create = (identity: Identity, now: DateTime.Utc) => () => {
    stream.opened = { identity, head: initialBillingHead(now) }
  }
  return BillingStore.of({
    open: (company) =>
      connection.call(() =>
        Effect.flatMap(DateTime.now, (now) => open(connection, "billing", company, create(company, now)))
      ),
    adopt: (company) =>
      connection.call(() =>
        Effect.flatMap(DateTime.now, (now) => adopt(connection, "billing", company, create(company, now)))
      ),
    forgetCommands: (age, limit) => connection.call(() => Stream.forgetCommands(stream, age, limit)),
    transact: transact({
      more: (isOver) => ({
        moves: (after: number) =>
          connection.call(() =>
            isOver() ? Effect.fail(conflict("the transaction is over")) : Effect.succeed(table.journal.moves(after))
          )
      }),
      connection,
      stream,
      load: (query: BillingQuery, head) => ({
        ...table.load(query, head),
        commands: Stream.recorded(stream, query.commands)
      }),
      stage: (changes: BillingChanges, head) => {
        const write = Stream.stage(stream, head, changes)
        if (typeof write !== "function") return write
        const writeRows = table.stage(changes, head)
        if (typeof writeRows !== "function") return writeRows
        return () => {
          write()
          writeRows()
        }
      }
    }),
    head: connection.call(() => Stream.head(stream)),
    accounts: (filter, paging) => connection.read(() => table.accounts.list(filter, paging)),
    sums: connection.read(() => table.accounts.sums()),
    balances: (period, paging) => connection.read(() => table.accounts.balances(period, paging)),
    balancesUpTo: (accounts, period) => connection.read(() => table.accounts.balancesUpTo(accounts, period)),
    balancesOf: (account, range, paging) => connection.read(() => table.accounts.balancesOf(account, range, paging)),
    transfers: (filter, paging) => connection.read(() => table.journal.list(filter, paging)),
    prices: (filter, paging) => connection.read(() => table.listPrices(filter, paging)),
    rows: connection.read(() => table.rows()),
    holders: (ids) => connection.read(() => found(table.holders, ids)),
    closed: (filter, paging) => connection.read(() => table.closed.list(filter, paging)),
    shuffles: (filter, paging) => connection.read(() => table.shuffles.list(filter, paging))
  })
}
