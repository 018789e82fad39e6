/**
 * What a person would write by hand, with the same driver: a batch of transfers against one hot account (B).
 */
import * as Effect from "effect/Effect"
import { connect, int, ints, statement, statements, texts } from "./sql.ts"

const files = {
  /** Tables with nothing but what a transfer and a balance are. */
  bare: { tables: "baseline/bare.sql", insert: "baseline/transfers-bare.sql" },
  /** Those of the baseline: unique causes, statements of accounts by index, final rows. */
  indexed: { tables: "baseline/tables.sql", insert: "baseline/transfers-indexed.sql" }
}

const hot = "company:fees"

/** A thousand transfers or so: one new task's fee each, from a popug drawn at random. */
const draw = (first: number, size: number, popugs: ReadonlyArray<string>) => {
  const numbers = Array.from({ length: size }, (_, index) => first + index)
  return {
    numbers,
    debits: numbers.map(() => popugs[Math.floor(Math.random() * popugs.length)]!),
    amounts: numbers.map(() => 1_000n + BigInt(Math.floor(Math.random() * 1_001))),
    tasks: numbers.map((of) => `t${String(of).padStart(9, "0")}`)
  }
}

/** What each account moves by, in the order in which the accounts are locked. */
const sumsOf = ({ amounts, debits }: ReturnType<typeof draw>) => {
  const sums = new Map<string, bigint>()
  let total = 0n
  for (const [index, id] of debits.entries()) {
    sums.set(id, (sums.get(id) ?? 0n) + amounts[index]!)
    total += amounts[index]!
  }
  const moved = [...sums.keys()].sort()
  return {
    accounts: [hot, ...moved],
    debits: [0n, ...moved.map((id) => sums.get(id)!)],
    credits: [total, ...moved.map(() => 0n)]
  }
}

export const openTransfers = async (url: string, schema: string, popugs: number, kind: keyof typeof files) => {
  const { client, close, run, runAll } = await connect(url, 1)
  await runAll(statements(files[kind].tables, schema))
  const insert = statement(files[kind].insert, schema)
  const [openAccounts = "", moveAccounts = ""] = statements("baseline/accounts.sql", schema)
  const ids = Array.from({ length: popugs }, (_, index) => `popug:p${String(index).padStart(6, "0")}`)
  await run(client.unsafe(openAccounts, [texts([...ids, hot])]))
  let number = 0
  const batch = (size: number) =>
    Effect.gen(function* () {
      const drawn = draw(number + 1, size, ids)
      number += size
      yield* client.unsafe(insert, [
        ints(drawn.numbers),
        texts(drawn.debits),
        ints(drawn.amounts),
        texts(drawn.tasks),
        int(Date.now())
      ])
      const sums = sumsOf(drawn)
      yield* client.unsafe(moveAccounts, [texts(sums.accounts), ints(sums.debits), ints(sums.credits)])
    }).pipe(client.withTransaction)
  return {
    /** Books so many transfers, a thousand to a transaction. */
    book: async (count: number) => {
      for (let booked = 0; booked < count; booked += 1_000) await run(batch(1_000))
    },
    close
  }
}
