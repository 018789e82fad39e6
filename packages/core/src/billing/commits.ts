/**
 * The ways into the books: tasks' events, users' events and people's commands, each a commit under billing's head.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Company } from "../company/Company.ts"
import * as Commit from "../stream/Commit.ts"
import { WrittenVersions } from "../stream/Event.ts"
import * as Head from "../stream/Head.ts"
import { Digest, drawKey } from "../values/Digest.ts"
import { BillingStore, type BillingTransaction, emptyChanges, emptyLoad, emptyQuery } from "./BillingStore.ts"
import { Kept } from "./books/Kept.ts"
import * as Ledger from "./books/Ledger.ts"
import { Pricing } from "./books/Pricing.ts"
import type { Rulebook } from "./books/Rulebook.ts"
import { type BillingCommand, type BillingOutcomes, names } from "./commands.ts"
import { decide, withhold } from "./decide.ts"
import { publishBillingEvent } from "./events.ts"
import { follow } from "./following.ts"
import { identified } from "./identity.ts"
import { makeProof } from "./proof/proving.ts"
import { type BillingFact, type Desk, evolve } from "./state.ts"

type Outcome = BillingOutcomes[BillingCommand["_tag"]]
type Steps = Commit.Steps<BillingTransaction, BillingCommand, Desk, BillingFact, Outcome["answer"], Outcome["error"]>

/**
 * Opens the store and starts the writer and the consumers; returns the way to submit commands, and the books' consumer.
 */
export const start = Effect.gen(function* () {
  const { calendar, identity, settings } = yield* Company
  const store = yield* BillingStore
  const { sha256 } = yield* Digest
  const rules: Rulebook = {
    sha256,
    calendar,
    currency: settings.currency,
    drawKey: drawKey(sha256, identity.id, Redacted.value(settings.secret)),
    price: yield* Pricing,
    versions: yield* WrittenVersions
  }
  yield* store.open(yield* identified)
  const books = yield* follow({ store, rules, closing: settings.closing, prove: yield* makeProof, kept: new Kept() })
  const submit = yield* Commit.start<BillingTransaction, BillingCommand, BillingOutcomes, Desk, BillingFact>({
    source: "billing",
    names,
    transact: store.transact,
    recorded: (tx, commands) => Effect.map(tx.load({ ...emptyQuery, commands }), (loaded) => loaded.commands),
    load,
    decide,
    withhold,
    evolve,
    save: saving(rules)
  })
  return { submit, books }
})

/** Loads the transfers that commands name with their corrections, and then the accounts that these move. */
const load: Steps["load"] = Effect.fnUntraced(function* (tx, commands, ids) {
  const transfers = new Set(commands.flatMap((command) => (command._tag === "Correct" ? command.transfer : [])))
  const loaded = yield* tx.load({ ...emptyQuery, transfers: [...transfers], commands: ids })
  const accounts = new Set(loaded.transfers.flatMap(({ credit, debit }) => [credit, debit]))
  const held = accounts.size === 0 ? emptyLoad : yield* tx.load({ ...emptyQuery, accounts: [...accounts] })
  const ledger = Ledger.make(tx.head, tx.now, { ...held, transfers: loaded.transfers })
  const { approved, awaiting, passed, tasks, users } = tx.head
  return { state: { ledger, awaiting, approved, passed, cursors: { tasks, users } }, recorded: loaded.commands }
})

const saving = ({ sha256, versions }: Rulebook): Steps["save"] =>
  Effect.fnUntraced(function* (tx, desk, { facts, records, traces }) {
    const stream = new Head.Growing(sha256, "billing", tx.head, tx.now, versions)
    for (const [index, fact] of facts.entries()) {
      stream.trace = traces?.[index]
      if (fact._tag !== "Resumed" || fact.skipped === null) continue
      publishBillingEvent(stream, "billing.event-skipped", fact.by, fact.skipped)
    }
    const { approved, cursors, ledger, passed } = desk
    const { events } = stream
    const head = { ...Ledger.headAfter(ledger, sha256, tx.head), ...stream.head, approved, passed, ...cursors }
    yield* tx.save({
      ...emptyChanges,
      ...Ledger.moved(ledger),
      ...Ledger.take(ledger),
      head,
      events,
      commands: records
    })
    return { events, head }
  })
