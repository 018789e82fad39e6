/**
 * The books as a journal of hledger's, written while it is read.
 */
import {
  type Actor,
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
const names = () => {
  const known = new Map<string, string>()
  return {
    /** No id has a space in it, so no two ids are called the same. */
    name: (id: string): string => known.get(id) ?? id,
    learn: (rows: ReadonlyArray<{ readonly owner: UserId | null; readonly name: string | null }>): void => {
      for (const { name, owner } of rows) {
        if (owner !== null && !known.has(owner)) known.set(owner, name === null ? owner : `${name} ${owner}`)
      }
    }
  }
}

/**
 * The journal of a range of periods, in pieces. Each closed period ends with assertions of its balances, unless the
 * journal begins in the middle: the balances before it are not there then. A caller who may not see the
 * books is refused before the first piece.
 */
export const make = Effect.gen(function* () {
  const books = yield* Books
  const turns = yield* Turns
  const { settings } = yield* Company

  return Effect.fnUntraced(function* (actor: Actor.Actor, range: PeriodRange) {
    const { learn, name } = names()
    const writer = Hledger.make({ currency: settings.currency, name })

    const transfers = (range: PeriodRange, after?: number) =>
      Rows.all(
        (paging: PageRequest<number>) =>
          turns.of(actor)(books.transfers(actor, range, after === undefined ? paging : { after, ...paging })),
        (row) => row.number
      ).pipe(
        Stream.unwrap,
        Stream.mapArray((page) => {
          learn(page)
          return Arr.of(writer.transfers(page))
        })
      )

    const assertions = (period: Period) =>
      Rows.all(
        (paging: PageRequest) => turns.of(actor)(books.balances(actor, period, paging)),
        ({ owner }) => owner
      ).pipe(
        Stream.unwrap,
        Stream.mapArray((page) => {
          learn(page)
          return Arr.of(writer.close(period, page))
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
