import { assert, it } from "@effect/vitest"
import { Actor, BillingStore, StoreError, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Csv from "effect/encoding/Csv"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as CsvBytes from "../../src/server/exports/Csv.ts"
import { type Answer, call, complete, create, endDays, layer, settle, staff, toDay, twoDays } from "../support/books.ts"

/** The rows of a table, by a parser that is not the writer's. */
const parse = ({ text }: Answer) =>
  Stream.make(text).pipe(Stream.pipeThroughChannel(Csv.decodeString({ headers: true })), Stream.runCollect)

interface Journal {
  readonly accounts: ReadonlyArray<string>
  readonly descriptions: ReadonlyArray<string>
  readonly balances: ReadonlyMap<string, number>
  readonly assertions: number
}

/** Reads a journal as hledger would: transactions that balance, accounts declared before use, assertions that hold. */
const readJournal = (text: string): Journal => {
  const accounts = new Set<string>()
  const descriptions: Array<string> = []
  const balances = new Map<string, number>()
  let assertions = 0
  let open = 0
  for (const line of text.split("\n")) {
    const declared = /^account (\S+)/u.exec(line)
    const transaction = /^(\d{4}-\d{2}-\d{2}) (.*?) {2};/u.exec(line)
    const posting = /^ {4}(\S+) {2,}(-?\d+\.\d\d) USD(?: = (-?\d+\.\d\d) USD)?$/u.exec(line)
    if (declared !== null) accounts.add(declared[1]!)
    else if (transaction !== null) descriptions.push(`${transaction[1]} ${transaction[2]}`)
    else if (posting !== null) {
      const [, account, amount, asserted] = posting
      assert.isTrue(accounts.has(account!), `${account} is declared`)
      const cents = Math.round(Number(amount) * 100)
      open += cents
      balances.set(account!, (balances.get(account!) ?? 0) + cents)
      if (asserted !== undefined) {
        assert.strictEqual(balances.get(account!), Math.round(Number(asserted) * 100), `${account} after ${line}`)
        assertions++
      }
    } else {
      assert.match(line, /^(|commodity 1000\.00 USD|tag [a-z]+)$/u)
      if (line === "") assert.strictEqual(open, 0, "a transaction balances")
    }
  }
  return { accounts: [...accounts], descriptions, balances, assertions }
}

it.effect("the audit log is a table with a header, names, and amounts in plain decimals", () =>
  Effect.gen(function* () {
    yield* twoDays
    const answer = yield* call("acc", "/v1/billing/exports/audit-log.csv?from=2026-11-23&to=2026-11-24")
    assert.strictEqual(answer.status, 200)
    assert.strictEqual(answer.headers.get("content-type"), "text/csv; charset=utf-8")
    assert.strictEqual(
      answer.headers.get("content-disposition"),
      'attachment; filename="audit-log-2026-11-23_2026-11-24.csv"'
    )
    const rows = yield* parse(answer)
    assert.deepStrictEqual(
      rows.map((row) => [row.transfer, row.period, row.kind, row.owner, row.task, row.amount]),
      [
        ["1", "2026-11-23", "fee", "olga", "roof", "-10.00"],
        ["2", "2026-11-23", "fee", "olga", "door", "-10.00"],
        ["3", "2026-11-23", "fee", "will", "will.wall", "-10.00"],
        ["4", "2026-11-23", "award", "olga", "roof", "30.00"],
        ["5", "2026-11-23", "payout", "olga", "", "-10.00"],
        ["6", "2026-11-24", "fee", "olga", "gold", "-10.00"],
        ["7", "2026-11-24", "award", "olga", "gold", "40.00"],
        ["8", "2026-11-24", "payout", "olga", "", "-30.00"]
      ]
    )
    assert.isTrue(rows.every((row) => row.currency === "USD"))
    assert.deepStrictEqual([rows[0]!.name, rows[0]!.title], ["Olga", "Mend the roof"])
  }).pipe(Effect.provide(layer()))
)

it.effect("text that a spreadsheet would run is made harmless, and numbers are left alone", () =>
  Effect.gen(function* () {
    yield* twoDays
    const answer = yield* call("acc", "/v1/billing/exports/audit-log.csv")
    const rows = yield* parse(answer)
    assert.strictEqual(rows[1]!.title, `'=cmd|" /C calc"!A1`)
    assert.strictEqual(rows[2]!.name, `'=Will, "the 2nd"`)
    assert.strictEqual(rows[2]!.title, "Build, then paint")
    assert.strictEqual(rows[8]!.title, "'@home: hang the lamp")
    assert.include(answer.text, ",-10.00,USD,")
  }).pipe(Effect.provide(layer()))
)

it.effect("a popug downloads their own audit log", () =>
  Effect.gen(function* () {
    yield* twoDays
    const answer = yield* call("will", "/v1/billing/exports/audit-log.csv?owner=me&from=2026-11-23")
    assert.strictEqual(
      answer.headers.get("content-disposition"),
      'attachment; filename="audit-log-will-from-2026-11-23.csv"'
    )
    assert.deepStrictEqual(
      (yield* parse(answer)).map((row) => [row.owner, row.amount]),
      [["will", "-10.00"]]
    )
    const refused = yield* call("will", "/v1/billing/exports/audit-log.csv?owner=olga")
    assert.strictEqual(refused.headers.get("content-type"), "application/problem+json")
    assert.deepInclude(refused.body, { type: "urn:popug:problem:not-allowed", actor: "user:will" })
  }).pipe(Effect.provide(layer()))
)

it.effect("a correction is in the audit log with what it corrects and why", () =>
  Effect.gen(function* () {
    yield* twoDays
    const body = { transfer: 9, reason: "+ it was dark" }
    yield* call("acc", "/v1/billing/corrections", { method: "POST", body })
    const rows = yield* parse(yield* call("acc", "/v1/billing/exports/audit-log.csv?from=2026-11-25"))
    assert.deepInclude(rows[1]!, { transfer: "10", amount: "10.00", corrects: "9", reason: "'+ it was dark" })
  }).pipe(Effect.provide(layer()))
)

it.effect("the balance by popug of a period is a table", () =>
  Effect.gen(function* () {
    yield* twoDays
    const answer = yield* call("ann", "/v1/billing/exports/balances.csv?period=2026-11-23")
    assert.strictEqual(answer.headers.get("content-disposition"), 'attachment; filename="balances-2026-11-23.csv"')
    const rows = yield* parse(answer)
    assert.deepStrictEqual(
      rows.map((row) => Object.values(row)),
      [
        ["2026-11-23", "olga", "Olga", "0.00", "20.00", "30.00", "10.00", "0.00", "USD"],
        ["2026-11-23", "will", `'=Will, "the 2nd"`, "0.00", "10.00", "0.00", "0.00", "-10.00", "USD"]
      ]
    )
    const unnamed = yield* call("ann", "/v1/billing/exports/balances.csv")
    assert.strictEqual(unnamed.status, 400)
  }).pipe(Effect.provide(layer()))
)

it.effect("a table without rows is its header, after the mark by which spreadsheets know UTF-8", () =>
  Effect.gen(function* () {
    yield* staff
    const bytes = yield* CsvBytes.encode(["a", "b"], Stream.empty).pipe(Stream.runCollect)
    assert.strictEqual(Buffer.concat(bytes).toString("hex"), `efbbbf${Buffer.from("a,b\r\n").toString("hex")}`)
    const empty = yield* call("acc", "/v1/billing/exports/audit-log.csv")
    assert.strictEqual(
      empty.text,
      "transfer,period,kind,owner,name,task,title,amount,currency,corrects,reason,recordedAt\r\n"
    )
    assert.strictEqual(empty.headers.get("content-disposition"), 'attachment; filename="audit-log.csv"')
  }).pipe(Effect.provide(layer()))
)

it.effect("the journal is one that hledger reads: it balances, and its assertions hold", () =>
  Effect.gen(function* () {
    yield* twoDays
    const answer = yield* call("acc", "/v1/billing/exports/journal.hledger")
    assert.strictEqual(answer.headers.get("content-type"), "text/plain; charset=utf-8")
    assert.strictEqual(answer.headers.get("content-disposition"), 'attachment; filename="journal.hledger"')
    const journal = readJournal(answer.text)
    const [olga, will] = ["liabilities:popug:Olga%20olga", "liabilities:popug:%3DWill%2C%20%22the%202nd%22%20will"]
    assert.deepStrictEqual(journal.accounts.slice(4), [olga, will])
    assert.deepStrictEqual(journal.descriptions, [
      "2026-11-23 (1) fee: Mend the roof",
      '2026-11-23 (2) fee: =cmd/" /C calc"!A1',
      "2026-11-23 (3) fee: Build, then paint",
      "2026-11-23 (4) award: Mend the roof",
      "2026-11-23 (5) payout",
      "2026-11-23 closed",
      "2026-11-24 (6) fee: Bring the gold",
      "2026-11-24 (7) award: Bring the gold",
      "2026-11-24 (8) payout",
      "2026-11-24 closed",
      "2026-11-25 (9) fee: @home: hang the lamp"
    ])
    assert.strictEqual(journal.assertions, 3)
    assert.deepStrictEqual(Object.fromEntries(journal.balances), {
      [olga!]: 1000,
      [will!]: 1000,
      "income:fees": -5000,
      "expenses:awards": 7000,
      "assets:cash": -4000
    })
  }).pipe(Effect.provide(layer()))
)

it.effect("a journal that begins in the middle asserts nothing about what it does not hold", () =>
  Effect.gen(function* () {
    yield* twoDays
    const until = yield* call("acc", "/v1/billing/exports/journal.hledger?to=2026-11-23")
    assert.strictEqual(until.headers.get("content-disposition"), 'attachment; filename="journal-to-2026-11-23.hledger"')
    assert.deepInclude(readJournal(until.text), { assertions: 2 })
    assert.strictEqual(readJournal(until.text).descriptions.length, 6)
    const since = yield* call("acc", "/v1/billing/exports/journal.hledger?from=2026-11-24")
    assert.deepInclude(readJournal(since.text), { assertions: 0 })
    assert.strictEqual(readJournal(since.text).descriptions.length, 4)
  }).pipe(Effect.provide(layer()))
)

it.effect("two popugs of one name keep accounts of their own in the journal", () =>
  Effect.gen(function* () {
    yield* staff
    yield* (yield* Users).create(Actor.system, [{ id: "olga.2", name: "Olga", roles: ["worker"] }])
    yield* settle
    yield* create({ roof: "Mend the roof", "olga.2.door": "Paint the door" })
    const { accounts } = readJournal((yield* call("acc", "/v1/billing/exports/journal.hledger")).text)
    assert.include(accounts, "liabilities:popug:Olga%20olga")
    assert.strictEqual(accounts.filter((account) => account.startsWith("liabilities:popug:Olga%20")).length, 2)
  }).pipe(Effect.provide(layer()))
)

const many = Object.fromEntries(Array.from({ length: 1_250 }, (_, index) => [`t${index}`, `Task ${index}`]))

it.effect("an export goes on beyond a page, and beyond the pages of one period", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create(many)
    yield* complete("t7")
    yield* toDay(1)
    yield* endDays
    yield* create({ lamp: "Hang the lamp" })
    const rows = yield* parse(yield* call("acc", "/v1/billing/exports/audit-log.csv"))
    assert.deepStrictEqual(
      rows.map((row) => row.transfer),
      Array.from({ length: 1_252 }, (_, index) => String(index + 1))
    )
    const { descriptions } = readJournal((yield* call("acc", "/v1/billing/exports/journal.hledger")).text)
    assert.strictEqual(descriptions.length, 1_253)
  }).pipe(Effect.provide(layer()))
)

/** Books whose transfers can be read up to the first page, or not at all. */
const failing = (failure: { when: "never" | "always" | "after the first page" }) =>
  Layer.effect(
    BillingStore,
    Effect.map(BillingStore, (store) => ({
      ...store,
      transfers: (...[filter, paging]: Parameters<typeof store.transfers>) =>
        failure.when === "always" || (failure.when === "after the first page" && (paging.after ?? 0) > 0)
          ? Effect.fail(
              new StoreError({
                reason: "Unavailable",
                retryable: true,
                committed: "no",
                message: "pg_gone at 10.0.0.7"
              })
            )
          : store.transfers(filter, paging)
    }))
  ).pipe(Layer.provideMerge(Memory.layer))

it.effect("an export that fails in the middle breaks off, and one that fails at once is a problem", () => {
  const failure = { when: "never" as Parameters<typeof failing>[0]["when"] }
  return Effect.gen(function* () {
    yield* staff
    yield* create(many)
    const paths = ["audit-log.csv", "journal.hledger"].map((name) => `/v1/billing/exports/${name}`)
    failure.when = "after the first page"
    for (const path of paths) {
      const broken = yield* call("acc", path).pipe(Effect.catchDefect((defect) => Effect.succeed(String(defect))))
      assert.match(String(broken), /TypeError: (terminated|fetch failed)/u)
    }
    failure.when = "always"
    const refused = yield* call("acc", paths[0]!)
    assert.deepStrictEqual([refused.status, refused.headers.get("retry-after")], [503, "1"])
    assert.strictEqual(refused.body.type, "urn:popug:problem:unavailable")
    assert.notInclude(refused.text, "10.0.0.7")
    failure.when = "never"
    assert.strictEqual((yield* call("acc", paths[0]!)).text.split("\r\n").length, 1_252)
  }).pipe(Effect.provide(layer({}, failing(failure))))
})
