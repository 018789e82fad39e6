/**
 * The books as a journal of hledger's, written while it is read.
 */
import {
  Account,
  type Actor,
  BillingStore,
  Books,
  Company,
  Hledger,
  type Period,
  type PageRequest,
  type PeriodRange,
  type UserId
} from "@popug/core"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Turns } from "../guard/Turns.ts"
import * as Rows from "./Rows.ts"

/**
 * What the popugs are called: by name and id, since names are not unique and change. Each id keeps for the whole
 * journal the name it was met under: another would be another account.
 */
const namesOf = (store: BillingStore["Service"]) => {
  const known = new Map<string, string>()
  return {
    /** No id has a space in it, so no two ids are called the same. */
    name: (id: string): string => known.get(id) ?? id,
    learn: Effect.fnUntraced(function* (ids: Iterable<UserId | null>) {
      const unknown = [...new Set(ids)].filter((id) => id !== null && !known.has(id)) as Array<UserId>
      if (unknown.length === 0) return
      const holders = new Map((yield* store.holders(unknown)).map(({ id, name }) => [id, name]))
      for (const id of unknown) {
        const name = holders.get(id)
        known.set(id, name === undefined ? id : `${name} ${id}`)
      }
    })
  }
}

/**
 * The journal of a range of periods, in pieces. Each closed period ends with assertions of its balances, unless the
 * journal begins in the middle: the balances before it are not there then. Refused before the first piece to whom may
 * not see the books.
 */
export const make = Effect.gen(function* () {
  const books = yield* Books
  const store = yield* BillingStore
  const turns = yield* Turns
  const { settings } = yield* Company

  return Effect.fnUntraced(function* (actor: Actor.Actor, range: PeriodRange) {
    const { learn, name } = namesOf(store)
    const writer = Hledger.make({ currency: settings.currency, name })

    const transfers = (range: PeriodRange, after?: number) =>
      Rows.all(
        (paging: PageRequest<number>) =>
          turns.of(actor)(books.transfers(actor, range, after === undefined ? paging : { after, ...paging })),
        (row) => row.number
      ).pipe(
        Stream.unwrap,
        Stream.mapArrayEffect((page) => {
          const owners = page.flatMap(({ credit, debit }) => [Account.ownerOf(credit), Account.ownerOf(debit)])
          return Effect.map(learn(owners), () => Arr.of(writer.transfers(page)))
        })
      )

    const assertions = (period: Period) =>
      Rows.all(
        (paging: PageRequest) => turns.of(actor)(books.balances(actor, period, paging)),
        (row) => Account.ownerOf(row.account)!
      ).pipe(
        Stream.unwrap,
        Stream.mapArrayEffect((page) => {
          const closings = page.map(({ account, closing }) => ({ owner: Account.ownerOf(account)!, closing }))
          return Effect.map(learn(closings.map(({ owner }) => owner)), () => Arr.of(writer.close(period, closings)))
        })
      )

    let written: number | undefined
    const closed = yield* Rows.all(
      (paging: PageRequest) => turns.of(actor)(books.periods(actor, range, paging)),
      ({ period }): string => period
    )
    const days = Stream.flatMap(closed, ({ lastTransfer, period }) => {
      written = lastTransfer
      const day = transfers({ from: period, to: period })
      return range.from === undefined ? Stream.concat(day, assertions(period)) : day
    })
    return Stream.succeed(writer.header).pipe(
      Stream.concat(days),
      // What is booked in the open period, or was when it closed meanwhile.
      Stream.concat(Stream.suspend(() => transfers(range, written))),
      Stream.encodeText
    )
  })
})
