/**
 * The books as a journal of hledger's, so that a program nobody here wrote can check them: `hledger -f FILE check -s`,
 * `hledger -f FILE bal`.
 *
 * hledger writes debits above zero: what the company owes a popug stands there below zero, what a popug owes above.
 */
import type { Period } from "../../values/BusinessDay.ts"
import type { UserId } from "../../values/Ids.ts"
import * as Money from "../../values/Money.ts"
import * as Account from "../books/Account.ts"
import { taskOf, type Transfer } from "../books/Transfer.ts"

export interface Options {
  readonly currency: Money.Currency
  /** What a popug or a task is called in the journal; default: by its id. Different ids, different names. */
  readonly name?: (id: string) => string
}

/** A popug's balance at the end of a closed period, as `Books.balances` returns it. */
export interface Closing {
  readonly owner: UserId
  readonly closing: bigint
}

/** Writes a journal bit by bit; it remembers which accounts it has declared. */
export interface Writer {
  /** What a journal begins with: the commodity, the company's accounts and the tags. */
  readonly header: string
  /** Transfers in order, after declarations of the accounts that are new. */
  readonly transfers: (transfers: ReadonlyArray<Transfer>) => string
  /** Asserts the balances that a period closed with; follows all its transfers. */
  readonly close: (period: Period, closings: ReadonlyArray<Closing>) => string
}

const company: Record<string, string> = {
  [Account.fees]: "income:fees",
  [Account.awards]: "expenses:awards",
  [Account.cash]: "assets:cash"
}
const tags = ["number", "period", "task", "assignment", "event", "corrects", "reason"]

/** A token without anything that means something to hledger; different texts stay different. */
const token = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)

/** Text for people on one line, without the marks that begin a comment or a note. */
const words = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .replaceAll(";", ",")
    .replaceAll("|", "/")
    .trim()

export const make = ({ currency, name = (id) => id }: Options): Writer => {
  const declared = new Set<string>()
  const liability = (owner: string): string => `liabilities:popug:${token(name(owner))}`
  const account = (id: Account.AccountId): string => company[id] ?? liability(Account.ownerOf(id)!)
  const amount = (units: bigint): string => `${Money.toDecimal(Money.make(units, currency))} ${currency}`
  const sample = Money.toDecimal(Money.make(0n, currency)).replace("0", "1000")
  const posting = (to: string, value: string): string => `    ${to.padEnd(48)}  ${value.padStart(16)}\n`

  const declare = (id: Account.AccountId): string => {
    if (company[id] !== undefined || declared.has(id)) return ""
    declared.add(id)
    return `account ${account(id)}\n`
  }

  const entry = (transfer: Transfer): string => {
    const value = amount(transfer.amount)
    return (
      `${transfer.period} (${transfer.number}) ${describe(transfer)}  ; ${tagsOf(transfer, name)}\n` +
      posting(account(transfer.debit), value) +
      posting(account(transfer.credit), `-${value}`) +
      "\n"
    )
  }

  return {
    header: [
      // The decimal mark must be there, though nothing follows it.
      `commodity ${sample.includes(".") ? sample : `${sample}.`} ${currency}`,
      "account liabilities:popug  ; type:L",
      "account income:fees        ; type:R",
      "account expenses:awards    ; type:X",
      "account assets:cash        ; type:C",
      ...tags.map((tag) => `tag ${tag}`),
      "\n"
    ].join("\n"),
    transfers: (transfers) => {
      const fresh = transfers.map(({ credit, debit }) => declare(debit) + declare(credit)).join("")
      return (fresh === "" ? "" : `${fresh}\n`) + transfers.map(entry).join("")
    },
    close: (period, closings) => {
      if (closings.length === 0) return ""
      const zero = amount(0n)
      const lines = closings.map(({ closing, owner }) => posting(liability(owner), `${zero} = ${amount(-closing)}`))
      return `${period} closed  ; period:${period}\n${lines.join("")}\n`
    }
  }
}

const describe = ({ cause, kind }: Transfer): string => {
  const task = taskOf(cause)
  const what = task === null ? kind : `${kind}: ${words(task.title)}`
  if (cause._tag !== "Corrected") return what
  return `${cause.undoes ? "correction undone of" : "correction of"} ${what}`
}

const tagsOf = ({ cause, number, period }: Transfer, name: (id: string) => string): string => {
  const task = taskOf(cause)
  const values = [`number:${number}`, `period:${period}`]
  if (task !== null) values.push(`task:${token(name(task.id))}`)
  if (cause._tag === "Assigned") values.push(`assignment:${cause.assignment}`)
  if (cause._tag !== "Corrected") values.push(`event:${cause.event}`)
  else values.push(`corrects:${cause.corrects}`, `reason:${words(cause.reason.replaceAll(",", " "))}`)
  return values.join(", ")
}
