import {
  type BillingChanges,
  type BillingLoad,
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  initialBillingHead,
  type Moves,
  StoreError
} from "@popug/core"
import { Memory } from "@popug/memory"
import { billingStore } from "@popug/testkit/conformance"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { onPages, read } from "./booksRead.ts"
import { ofEvidence } from "./evidence.ts"
import { type HeadStore, headStores, onLoad, onSave, tolerates, type Tx, wrapTx } from "./headStores.ts"
import { ofJournal } from "./journal.ts"
import { mutants, over, without } from "./Mutant.ts"

type Store = BillingStore["Service"]

const build = (mutilate: (store: HeadStore) => Partial<HeadStore>) =>
  over(BillingStore, (store) => mutilate(store as unknown as HeadStore) as unknown as Partial<typeof store>)

const saving = (change: (changes: BillingChanges) => object) =>
  onSave((changes) => ({ ...changes, ...change(changes as BillingChanges) }))

const loading = (change: (loaded: BillingLoad) => Partial<BillingLoad>) => onLoad(change as (loaded: never) => object)

const querying = (change: (query: BillingQuery) => BillingQuery) =>
  wrapTx((tx: Tx) => ({ load: (query) => tx.load(change(query as BillingQuery)) }))

/** Refuses what the memory adapter takes. */
const refusing = (test: (changes: BillingChanges) => boolean) =>
  wrapTx((tx) => ({
    save: (changes) =>
      test(changes as BillingChanges)
        ? Effect.fail(new StoreError({ reason: "Conflict", retryable: false, committed: "no", message: "no" }))
        : tx.save(changes)
  }))

const tolerant = {
  "takes any journal number": [
    /does not follow transfer/,
    ["refuses a hole in the journal", "refuses a journal number that is taken"]
  ],
  "takes any journal head": [/head's journal stands/, ["refuses a head that does not stand at the journal's end"]],
  "takes a head that tells another period or time of the last transfer": [
    /tells another period or time/,
    [
      "refuses a head that tells another period of the last transfer",
      "refuses a head that tells another time of the last transfer"
    ]
  ],
  "takes a head that goes on from any close": [
    /does not go on from the last close/,
    ["refuses a head that does not go on from the last close"]
  ],
  "takes a head that tells of any shuffle": [
    /does not tell of the last shuffle/,
    ["refuses a head that does not tell of the last shuffle"]
  ],
  "books a cause twice": [
    /second of its cause/,
    ["refuses a second transfer of one cause", "refuses two transfers of one cause in one commit"]
  ],
  "books an award, a payout or a correction twice": [
    /second of its cause, (?!fee)/,
    ["refuses a second award, payout or correction of one cause"]
  ],
  "books any amount": [/has an amount/, ["refuses an amount of zero", "refuses an amount below zero"]],
  "books from an account to itself": [/is not between a popug/, ["refuses a transfer from an account to itself"]],
  "books in earlier periods": [/of an earlier period/, ["refuses a transfer of an earlier period than the last"]],
  "prices again": [
    /has its price already/,
    ["refuses another price for a task", "refuses a price that is recorded, though it is the same"]
  ],
  "books back in time": [/is earlier than the one before/, ["refuses a transfer recorded before the last"]],
  "takes any digest of the journal": [
    /journal's digest changed/,
    ["refuses a journal's digest that changed without anything new in the journal"]
  ],
  "takes any price": [/price that is not above zero/, ["refuses a price that is not above zero"]],
  "prices twice by one event": [/second of event/, ["refuses a second price of one event"]],
  "rewrites closed periods": [
    /is closed/,
    [
      "refuses a transfer in a closed period",
      "refuses a balance in a closed period",
      "refuses to close a period again",
      "refuses to close a period before one that is closed",
      "refuses a shuffle of a closed period"
    ]
  ],
  "takes shuffles of any event": [
    /does not follow that of event/,
    ["refuses a shuffle whose event is not above the last one's"]
  ],
  "takes shuffles of earlier periods": [
    /shuffle of event \d+ is of an earlier period/,
    ["refuses a shuffle of a period before the last one's"]
  ],
  "takes any fees of a shuffle": [/has fees of/, ["refuses a shuffle with fees below zero"]],
  "books for any cause": [/has a cause of another kind/, ["refuses a transfer whose cause is of another kind"]],
  "books either way": [/moves .*the wrong way/, ["refuses a transfer that moves the wrong way"]],
  "books for no event": [/is booked for event/, ["refuses a transfer of no event or of no assignment"]],
  "books for no assignment": [/of an assignment 0/, ["refuses a transfer of no event or of no assignment"]],
  "corrects what is to come": [/which is not before it/, ["refuses a correction of nothing that came before it"]],
  "corrects for no time": [/is the correction 0/, ["refuses a correction of nothing that came before it"]],
  "names tasks without titles": [/names a task without/, ["refuses a correction of nothing that came before it"]],
  "keeps any sums": [/has sums below zero/, ["refuses sums of an account below zero"]],
  "prices for no event": [/is of event/, ["refuses a price of no event, or from before the journal"]],
  "closes with any number in the red": [/in the red/, ["refuses a close with less than nobody in the red"]],
  "takes any shuffle": [/is no shuffle/, ["refuses the cost of a shuffle that is none"]],
  "takes a shuffle twice": [/of shuffle \d+ is recorded already/, ["refuses a second cost of one shuffle"]]
} as const

const broken = (
  name: string,
  promise: keyof (typeof billingStore)["promises"],
  mutilate: (store: HeadStore) => Partial<HeadStore>
) => ({ name, breaks: [promise], layer: build(mutilate) })

const keepsShuffles = "keeps what shuffles cost to the last field, by their events, in pages without gaps or doubles"
const sumsMoves = "sums the transfers above a number by accounts, kind, period and direction"

const wrapMoves = (
  moves: (
    tx: BillingTransaction,
    after: number
  ) => BillingTransaction["moves"] extends (after: number) => infer A ? A : never
) => wrapTx((tx) => ({ moves: (after: number) => moves(tx as never, after) }) as never)

const summing = (name: string, change: (sums: Moves["sums"]) => Moves["sums"]) => [
  broken(
    name,
    sumsMoves,
    wrapMoves((tx, after) => Effect.map(tx.moves(after), (moves) => ({ ...moves, sums: change(moves.sums) })))
  )
]
/** An amount as a number of floating point keeps it. */
const rounded = (amount: bigint): bigint => BigInt(Number(amount))

const remember = <A, E>(effect: Effect.Effect<A, E>) => {
  let known: { readonly value: A } | undefined
  return Effect.suspend(() =>
    known === undefined
      ? Effect.tap(effect, (value) => Effect.sync(() => void (known = { value })))
      : Effect.succeed(known.value)
  )
}

export const billing = mutants(billingStore, Memory.layer, [
  ...headStores(build),
  ...Object.entries(tolerant).map(([name, [message, breaks]]) => ({ name, breaks, layer: build(tolerates(message)) })),
  broken(
    "takes causes of one task for the same",
    "tells causes apart by assignment, kind and period",
    refusing(({ transfers }) => {
      const tasks = transfers.map(({ cause }) => ("task" in cause ? cause.task : null)).filter((task) => task !== null)
      return new Set(tasks).size < tasks.length
    })
  ),
  broken(
    "closes a period in a commit of its own only",
    "closes a period in the commit of its last transfers and balances",
    refusing(({ closed, transfers }) => closed.length > 0 && transfers.length > 0)
  ),
  broken(
    "does not know what is booked",
    "loads the transfers booked for causes",
    loading(() => ({ booked: [] }))
  ),
  broken(
    "takes an award for the fee of an assignment 0",
    "finds no award where the fee of an assignment 0 is asked for",
    querying((query) => ({
      ...query,
      causes: query.causes.map((key) => key.replace(/^fee[/](.*)[/]0$/, "award/$1"))
    }))
  ),
  broken(
    "does not know prices",
    "loads recorded prices",
    loading(() => ({ prices: [] }))
  ),
  broken(
    "loads transfers without their corrections",
    "loads transfers with all that corrects them, and corrects that",
    loading(({ transfers }) => ({ transfers: transfers.filter(({ cause }) => cause._tag !== "Corrected") }))
  ),
  broken(
    "loads corrections, but not what corrects them",
    "loads transfers with all that corrects them, and corrects that",
    loading(({ transfers }) => ({
      transfers: transfers.filter(({ cause }) => cause._tag !== "Corrected" || !cause.undoes)
    }))
  ),
  broken(
    "loads no balances",
    "loads accounts with their balances of the open period",
    loading(() => ({ balances: [] }))
  ),
  broken(
    "loads no accounts that nobody named",
    "loads exactly the accounts that moved in the open period",
    querying((query) => ({ ...query, moved: false }))
  ),
  broken(
    "always loads what has moved",
    "loads accounts with their balances of the open period",
    loading(({ balances }) => ({ balances: [...balances, ...balances] }))
  ),
  read("has a head before it is opened", "has no head before it is opened", ({ head }) => ({
    head: Effect.orElseSucceed(head, () => initialBillingHead(DateTime.makeUnsafe(0)))
  })),
  read("starts with books that are not empty", "starts with empty books", ({ transact }) => ({
    head: transact((tx) => Effect.succeed({ ...tx.head, period: "2026-01-01" as never })) as Store["head"]
  })),
  ...(
    [
      "journal",
      "closed",
      "totals",
      "topTask",
      "shuffle",
      "shuffled",
      "awaiting",
      "approved",
      "passed",
      "tasks",
      "users"
    ] as const
  ).map((key) =>
    broken(
      `does not keep the head's ${key}`,
      "keeps the whole head, and shows it outside a transaction too",
      onSave((changes, tx) => ({ ...changes, head: { ...changes.head, [key]: (tx.head as never)[key] } }))
    )
  ),
  broken(
    "keeps amounts as floating point",
    "keeps transfers to the last field, amounts beyond the safe integers too",
    saving(({ transfers }) => ({
      transfers: transfers.map((transfer) => ({ ...transfer, amount: BigInt(Number(transfer.amount)) }))
    }))
  ),
  ...(
    [
      [
        "amounts",
        ({ transfers }) => ({ transfers: transfers.map((row) => ({ ...row, amount: rounded(row.amount) })) })
      ],
      [
        "accounts",
        ({ accounts }) => ({ accounts: accounts.map((row) => ({ ...row, credits: rounded(row.credits) })) })
      ],
      ["balances", ({ balances }) => ({ balances: balances.map((row) => ({ ...row, opening: rounded(row.opening) })) })]
    ] satisfies ReadonlyArray<[string, (changes: BillingChanges) => object]>
  ).map(([what, change]) =>
    broken(
      `rounds ${what} to fifteen digits`,
      "holds amounts and sums as large as they may be, above zero and below",
      saving(change)
    )
  ),
  ...ofJournal,
  ...ofEvidence,
  read("makes up accounts", "gets those of the accounts that were opened", () => ({
    accounts: ({ ids = [] }) =>
      Effect.succeed({ rows: ids.map((id) => ({ id, debits: 0n, credits: 0n })), more: false })
  })),
  read("ignores which accounts are asked for", "gets those of the accounts that were opened", ({ accounts }) => ({
    accounts: (filter, paging) => accounts(without(filter, "ids"), paging)
  })),
  ...onPages("accounts", "lists accounts by id in byte order, all or the popugs' below zero"),
  read(
    "lists everybody as below zero",
    "lists accounts by id in byte order, all or the popugs' below zero",
    ({ accounts }) => ({ accounts: (filter, paging) => accounts(without(filter, "inTheRed"), paging) })
  ),
  read("remembers the first sums", "sums the accounts of each kind and counts those in the red", ({ sums }) => ({
    sums: remember(sums)
  })),
  ...onPages("balances", "returns the balances of a period by account, in pages"),
  read("returns no balance of the period itself", "returns the last balance of accounts up to a period", (store) => ({
    balancesUpTo: (accounts, period) =>
      Effect.map(store.balancesUpTo(accounts, period), (rows) => rows.filter((row) => row.period < period))
  })),
  broken("keeps the first name of a holder", "returns recorded prices and holders", (store) => {
    const seen = new Set<string>()
    return saving(({ holders }) => ({ holders: holders.filter(({ id }) => !seen.has(id) && seen.add(id)) }))(store)
  }),
  ...summing("forgets corrections", (sums) => sums.filter(({ debit }) => debit !== "company:fees")),
  ...summing("counts corrections like others", (sums) => sums.map((sum) => ({ ...sum, reversed: false }))),
  ...summing("sums as floating point", (sums) => sums.map((sum) => ({ ...sum, amount: BigInt(Number(sum.amount)) }))),
  broken(
    "sums all there is",
    sumsMoves,
    wrapMoves((tx) => tx.moves(0))
  ),
  broken(
    "sums up to the head only",
    sumsMoves,
    wrapMoves((tx, after) => Effect.map(tx.moves(after), (moves) => ({ ...moves, last: after })))
  ),
  broken("sums what was there before", "sums nothing for a transaction that is over", ({ transact }) => ({
    transact: (body) =>
      transact((tx) =>
        Effect.flatMap((tx as never as BillingTransaction).moves(0), (first) =>
          body({
            ...tx,
            moves: (after: number) => (after === 0 ? Effect.succeed(first) : Effect.die("not kept"))
          } as never)
        )
      )
  })),
  ...onPages("prices", "lists recorded prices by their event, in pages"),
  ...(["transfers", "prices", "accounts", "balances", "closed", "shuffles", "holders"] as const).map((kind) =>
    read(`does not count ${kind}`, "counts its rows of each kind", ({ rows }) => ({
      rows: Effect.map(rows, (counts) => ({ ...counts, [kind]: 0 }))
    }))
  ),
  ...onPages("shuffles", keepsShuffles),
  ...(["from", "to"] as const).map((key) =>
    read(`ignores the ${key} of a list of shuffles`, "lists exactly the shuffles of a range of periods", (store) => ({
      shuffles: (filter, paging) => store.shuffles(without(filter, key), paging)
    }))
  ),
  broken(
    "rounds the fees of shuffles",
    keepsShuffles,
    saving(({ shuffles }) => ({ shuffles: shuffles.map((row) => ({ ...row, fees: rounded(row.fees) })) }))
  ),
  broken(
    "forgets who asked for a shuffle",
    keepsShuffles,
    saving(({ shuffles }) => ({ shuffles: shuffles.map((row) => ({ ...row, actor: "system" })) }))
  ),
  read("knows no prices", "returns recorded prices and holders", () => ({
    prices: () => Effect.succeed({ rows: [], more: false })
  })),
  read("ignores whose prices are asked for", "lists recorded prices by their event, in pages", ({ prices }) => ({
    prices: (filter, paging) => prices(without(filter, "tasks"), paging)
  })),
  ...onPages("closed", "lists closed periods by date, in a range and in pages"),
  read("ignores the range of closed periods", "lists closed periods by date, in a range and in pages", (store) => ({
    closed: (_, paging) => store.closed({}, paging)
  }))
])
