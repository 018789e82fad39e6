import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Account from "../../../src/billing/books/Account.ts"
import type { Cause, Transfer, TransferKind } from "../../../src/billing/books/Transfer.ts"
import * as Hledger from "../../../src/billing/formats/Hledger.ts"
import * as Money from "../../../src/values/Money.ts"
import { at, period, taskId, userId } from "../../support/given.ts"

const usd = Money.Currency.make("USD")

const transfer = (
  number: number,
  kind: TransferKind,
  [debit, credit]: readonly [Account.AccountId, Account.AccountId],
  amount: bigint,
  cause: Cause,
  date = "2026-11-22"
): Transfer => {
  const recorded = at(`${date}T12:00:00Z`)
  return {
    number,
    kind,
    debit,
    credit,
    amount,
    period: period(date),
    cause,
    occurredAt: recorded,
    recordedAt: recorded
  }
}

const assigned = (title: string, task = "T-1"): Cause => ({
  _tag: "Assigned",
  event: 4,
  task: taskId(task),
  title,
  assignment: 1
})
const corrected = (corrects: number, undoes: boolean, title: string | null): Cause => ({
  _tag: "Corrected",
  corrects,
  round: 1,
  undoes,
  reason: "charged twice, by mistake",
  actor: "user:acc",
  task: title === null ? null : taskId("T-1"),
  title
})

const anna = Account.popug("anna")
const boris = Account.popug("boris")

describe("the journal of hledger's", () => {
  // `hledger -f packages/core/test/golden/books.journal check -s` has nothing to say about it.
  it("is what it was", async () => {
    const writer = Hledger.make({ currency: usd, name: (id) => (id === "boris" ? "Boris / the 2nd" : id) })
    const days = [
      writer.transfers([
        transfer(1, "fee", [anna, Account.fees], 14_80n, assigned(`"Mend"; the | roof`)),
        transfer(2, "fee", [boris, Account.fees], 10_05n, assigned("Feed\u2028the  cat 🐈", "T-2")),
        transfer(3, "award", [Account.awards, anna], 20_00n, {
          _tag: "Done",
          event: 6,
          task: taskId("T-1"),
          title: "Mend the roof"
        }),
        transfer(4, "payout", [anna, Account.cash], 5_20n, { _tag: "Closed", event: 7 })
      ]),
      writer.close(period("2026-11-22"), [
        { owner: userId("anna"), closing: 0n },
        { owner: userId("boris"), closing: -10_05n }
      ]),
      writer.close(period("2026-11-23"), []),
      writer.transfers([
        transfer(5, "fee", [Account.fees, boris], 10_05n, corrected(2, false, "Feed the cat"), "2026-11-24"),
        transfer(6, "fee", [boris, Account.fees], 10_05n, corrected(5, true, "Feed the cat"), "2026-11-24"),
        transfer(7, "payout", [Account.cash, anna], 5n, corrected(4, false, null), "2026-11-24")
      ])
    ]
    await expect(writer.header + days.join("")).toMatchFileSnapshot("../../golden/books.journal")
  })

  it("has as many digits as the currency's minor unit", () => {
    const write = (code: string) => {
      const { header, transfers } = Hledger.make({ currency: Money.Currency.make(code) })
      return header + transfers([transfer(1, "fee", [anna, Account.fees], 12_345n, assigned("X"))])
    }
    // hledger takes a number for one of groups, unless its decimal mark is there.
    expect(write("JPY")).toMatch(/^commodity 1000\. JPY\n[^]* 12345 JPY\n[^]* -12345 JPY\n/)
    expect(write("KWD")).toMatch(/^commodity 1000\.000 KWD\n[^]* 12\.345 KWD\n[^]* -12\.345 KWD\n/)
  })

  const accounts = fc
    .tuple(fc.constantFrom("fee", "award", "payout" as const), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,9}$/))
    .map(([kind, id]) => {
      const popug = Account.popug(id)
      if (kind === "fee") return { kind, accounts: [popug, Account.fees] } as const
      return kind === "award"
        ? ({ kind, accounts: [Account.awards, popug] } as const)
        : ({ kind: "payout", accounts: [popug, Account.cash] } as const)
    })
  const anything = fc.string({ unit: "binary", minLength: 1 })

  it("sums every entry to zero, declares every account once, and keeps to its lines whatever the text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(accounts, fc.bigInt({ min: 1n, max: 10n ** 20n }), anything), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        anything,
        (made, size, noise) => {
          const transfers = made.map(([{ accounts, kind }, amount, title], index) =>
            transfer(index + 1, kind, accounts, amount, assigned(title, title))
          )
          const writer = Hledger.make({ currency: usd, name: (id) => id + noise })
          let text = writer.header
          for (let from = 0; from < transfers.length; from += size) {
            text += writer.transfers(transfers.slice(from, from + size))
          }

          const lines = text.split("\n")
          const declared = lines.flatMap((line) => /^account (\S+)/.exec(line)?.[1] ?? [])
          expect(new Set(declared).size).toBe(declared.length)
          const entries = text.split("\n\n").filter((part) => /^\d/.test(part))
          expect(entries).toHaveLength(transfers.length)
          for (const [index, entry] of entries.entries()) {
            const [heading, ...postings] = entry.trimEnd().split("\n")
            expect(heading).toMatch(new RegExp(`^2026-11-22 \\(${index + 1}\\) [^;|]+  ; number:${index + 1}, `))
            expect(postings).toHaveLength(2)
            const amounts = postings.map((posting) => {
              const [, account, whole, cents] = /^ {4}(\S+) {2,}(-?\d+)\.(\d\d) USD$/.exec(posting)!
              expect(declared).toContain(account)
              return BigInt(whole! + cents!)
            })
            expect(amounts[0]! + amounts[1]!).toBe(0n)
            expect(amounts[0]).toBe(transfers[index]!.amount)
          }
        }
      )
    )
  })
})
