/** The store of the books. */
import * as popug from "@popug/core"
import * as Company from "./Company.ts"
import { attempt, type Database } from "./Database.ts"
import { toJson } from "./json.ts"
import * as Stream from "./Stream.ts"

const listed = "(select value from json_each(?))"

const load = (db: Database, period: string | null, query: popug.BillingQuery) => {
  const { causes, commands, moved, prices, transfers } = query
  const ofPeriod = "select data from balances where period = ?"
  const balances: ReadonlyArray<popug.Account.PeriodBalance> = moved
    ? db.all(ofPeriod, period)
    : db.all(`${ofPeriod} and account in ${listed}`, period, query.accounts)
  const accounts = [...query.accounts, ...(moved ? balances.map(({ account }) => account) : [])]
  const corrections = `with recursive asked (number) as (select value from json_each(?) union
    select transfers.number from transfers join asked on transfers.corrects = asked.number)
    select data from transfers where number in (select number from asked)`
  return {
    prices: db.all<popug.Price>(`select data from prices where task in ${listed}`, prices),
    booked: db.all<popug.Transfer.Transfer>(`select data from transfers where cause_key in ${listed}`, causes),
    accounts: db.all<popug.Account.Account>(`select * from accounts where id in ${listed}`, accounts),
    balances,
    transfers: db.all<popug.Transfer.Transfer>(corrections, transfers),
    commands: Stream.commands(db, "billing", commands)
  }
}

const moves = (db: Database, after: number) => {
  const sql = `select period, kind, debit, credit, reversed, count(*) as transfers, sum(amount) as amount
    from transfers where number > ? group by period, kind, debit, credit, reversed`
  const sums = db.all<Omit<popug.Moved, "reversed"> & { readonly reversed: number }>(sql, after)
  return {
    sums: sums.map((row) => ({ ...row, reversed: row.reversed === 1 })),
    last: db.all<{ last: number }>("select coalesce(max(number), 0) as last from transfers")[0]!.last
  }
}

const write = (db: Database, changes: popug.BillingChanges): void => {
  Stream.write(db, "billing", changes)
  for (const transfer of changes.transfers) {
    const { amount, cause, credit, debit, kind, number, period } = transfer
    const corrects = cause._tag === "Corrected" ? cause.corrects : null
    const [key, isReversed] = [popug.Transfer.causeKey(transfer), Number(popug.Transfer.isReversed(transfer))]
    db.insert("transfers", number, kind, debit, credit, amount, period, key, corrects, isReversed, toJson(transfer))
  }
  for (const price of changes.prices) db.insert("prices", price.event, price.task, toJson(price))
  for (const { credits, debits, id } of changes.accounts) db.replace("accounts", id, debits, credits)
  for (const balance of changes.balances) db.replace("balances", balance.period, balance.account, toJson(balance))
  for (const holder of changes.holders) db.replace("holders", holder.id, toJson(holder))
  for (const closed of changes.closed) db.insert("closed", closed.period, toJson(closed))
  for (const cost of changes.shuffles) db.insert("shuffles", cost.event, cost.shuffle, cost.period, toJson(cost))
}

/** What is booked for a task, and what corrects it: the keys of a task's causes begin with it. */
const ofTask = `number in (with recursive
  asked (task) as (select ?),
  found (number) as (
    select number from asked join transfers on cause_key between 'fee/' || task || '/' and 'fee/' || task || '0'
    union select number from asked join transfers on cause_key = 'award/' || task
    union select transfers.number from found join transfers on corrects = found.number
  ) select number from found)`

/** The rows of a range of periods, which only grow with the number: so the range is one of numbers. */
const within = (table: string, number: string, from: string | undefined, to: string | undefined) => ({
  [`${number} >= (select ${number} from ${table} where period >= ? order by period, ${number} limit 1)`]: from,
  [`${number} <= (select ${number} from ${table} where period <= ? order by period desc, ${number} desc limit 1)`]: to
})

const transfersOf = (db: Database, filter: popug.TransferFilter, paging: popug.OrderedPaging<number>) => {
  const { account, from, numbers, task, to } = filter
  const { after, limit, order } = paging
  const isDown = order === "newest"
  const [beyond, by] = isDown ? ["number < ?", "number desc"] : ["number > ?", "number"]
  const on = (side: Record<string, string>) => {
    const asked = { [ofTask]: task, [`number in ${listed}`]: numbers }
    const conditions = { ...side, ...within("transfers", "number", from, to), [beyond]: after, ...asked }
    return db.list<popug.Transfer.Transfer>("select data from transfers", conditions, by, limit)
  }
  if (account === undefined) return on({})
  // Each side by its own index; no transfer is on both.
  const [debits, credits] = [on({ "debit = ?": account }), on({ "credit = ?": account })]
  const rows = [...debits.rows, ...credits.rows].sort((a, b) => (isDown ? b.number - a.number : a.number - b.number))
  return { rows: rows.slice(0, limit), more: debits.more || credits.more || rows.length > limit }
}

const sums = (db: Database): popug.AccountSums => {
  const sql = `select case when id >= 'popug:' then 'popugs' else substr(id, 9) end as kind, sum(debits) as debits,
    sum(credits) as credits, sum(credits < debits) as red from accounts group by kind`
  const kinds = db.all<{ kind: string; debits: bigint; credits: bigint; red: number }>(sql)
  const row = (kind: string) => kinds.find((one) => one.kind === kind) ?? { debits: 0n, credits: 0n, red: 0 }
  const of = (kind: string) => ({ debits: row(kind).debits, credits: row(kind).credits })
  return { popugs: of("popugs"), fees: of("fees"), awards: of("awards"), cash: of("cash"), inTheRed: row("popugs").red }
}

const counted = ["transfers", "prices", "accounts", "balances", "closed", "shuffles", "holders"]
const counts = `select ${counted.map((table) => `(select count(*) from ${table}) as ${table}`).join(", ")}`

const reads = (db: Database) =>
  ({
    accounts: ({ ids, inTheRed }, { after, limit }) => {
      const red = "id >= 'popug:' and credits < debits and ?"
      const conditions = { [`id in ${listed}`]: ids, [red]: inTheRed ? 1 : undefined, "id > ?": after }
      return attempt(() => db.list<popug.Account.Account>("select * from accounts", conditions, "id", limit))
    },
    sums: attempt(() => sums(db)),
    balances: (period, { after, limit }) => {
      const conditions = { "period = ?": period, "account > ?": after }
      return attempt(() =>
        db.list<popug.Account.PeriodBalance>("select data from balances", conditions, "account", limit)
      )
    },
    balancesUpTo: (accounts, period) => {
      const sql = `select data from json_each(?) asked cross join balances on balances.account = asked.value
        and balances.period = (select max(period) from balances where account = asked.value and period <= ?)`
      return attempt(() => db.all<popug.Account.PeriodBalance>(sql, [...new Set(accounts)], period))
    },
    balancesOf: (account, { from, to }, { after, limit }) => {
      const conditions = { "account = ?": account, "period >= ?": from, "period <= ?": to, "period > ?": after }
      return attempt(() =>
        db.list<popug.Account.PeriodBalance>("select data from balances", conditions, "period", limit)
      )
    },
    transfers: (filter, paging) => attempt(() => transfersOf(db, filter, paging)),
    prices: ({ tasks }, { after, limit }) => {
      const conditions = { [`task in ${listed}`]: tasks, "event > ?": after }
      return attempt(() => db.list<popug.Price>("select data from prices", conditions, "event", limit))
    },
    rows: attempt(() => db.all<popug.RowCounts>(counts)[0]!),
    holders: (ids) => attempt(() => db.all<popug.Holder>(`select data from holders where id in ${listed}`, ids)),
    closed: ({ from, to }, { after, limit }) => {
      const conditions = { "period >= ?": from, "period <= ?": to, "period > ?": after }
      return attempt(() => db.list<popug.ClosedPeriod>("select data from closed", conditions, "period", limit))
    },
    shuffles: ({ from, to }, { after, limit }) => {
      const conditions = { ...within("shuffles", "event", from, to), "event > ?": after }
      return attempt(() => db.list<popug.ShuffleCost>("select data from shuffles", conditions, "event", limit))
    }
  }) satisfies Partial<popug.BillingStore["Service"]>

export const make = (db: Database): popug.BillingStore["Service"] & Company.Ready => {
  const { state, transact, ...company } = Company.make<popug.BillingHead, popug.BillingChanges>(db, {
    name: "billing",
    initial: popug.initialBillingHead,
    instant: popug.Head.instant,
    next: ({ head }) => head,
    refusal: (head, changes) => popug.Head.follows("billing", head, changes) ?? popug.Ledger.follows(head, changes),
    write: (changes) => write(db, changes)
  })
  return {
    ...company,
    ...reads(db),
    head: state,
    transact: (body) =>
      transact(({ during, now, save, state: head }) =>
        body({
          head,
          now,
          save,
          load: (query) => during(() => load(db, head.period, query)),
          moves: (after) => during(() => moves(db, after))
        })
      ),
    forgetCommands: Stream.forgetCommands(db, "billing")
  }
}
