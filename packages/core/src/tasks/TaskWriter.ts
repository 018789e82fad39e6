/**
 * The two ways into the tasks context, commands and users' events: both are commits under the context's head.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as BusinessDay from "../values/BusinessDay.ts"
import * as Commit from "../stream/Commit.ts"
import { Company } from "../company/Company.ts"
import { Digest, drawKey } from "../values/Digest.ts"
import * as Consumer from "../stream/Consumer.ts"
import * as Cursor from "../stream/Cursor.ts"
import type { Envelope } from "../stream/Envelope.ts"
import { announce, type EventBus } from "../stream/EventBus.ts"
import { decodeUserEvent, type UserEvent } from "../users/events.ts"
import { type Readable, readable } from "../stream/Readable.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import { StoreError } from "../values/StoreError.ts"
import * as Text from "../values/Text.ts"
import * as Trouble from "../stream/Trouble.ts"
import {
  AssignmentByHand,
  ChooseAssignee,
  Eligibility,
  type Member,
  type Policies,
  RepeatedAssignee
} from "./Assignment.ts"
import * as Board from "./Board.ts"
import { CreationLimit, type Creations } from "./Creations.ts"
import * as Decide from "./decide.ts"
import { draftTaskEvent } from "./events.ts"
import { identified } from "./identity.ts"
import { mentioned, react } from "./reactions.ts"
import type * as Registration from "./Registration.ts"
import * as Saving from "./saving.ts"
import { Replica } from "./Replica.ts"
import type { TaskCommand, TaskOutcomes } from "./Task.ts"
import { emptyQuery, type TaskQuery, TaskStore, type TaskTransaction } from "./TaskStore.ts"

/** The name of the consumer of users' events, and of its cursor. */
const consumer = "tasks"

/** Opens the store and starts the writer and the consumer; gives the way to submit commands. */
export const start = Effect.gen(function* () {
  const { calendar, identity, settings } = yield* Company
  const store = yield* TaskStore
  const { sha256 } = yield* Digest
  const policies: Policies = {
    eligible: yield* Eligibility,
    choose: yield* ChooseAssignee,
    repeated: yield* RepeatedAssignee,
    byHand: yield* AssignmentByHand,
    creationLimit: yield* CreationLimit
  }
  const rules: Board.Rulebook = {
    sha256,
    calendar,
    policies,
    drawKey: drawKey(sha256, identity.id, Redacted.value(settings.secret)),
    longestJump: settings.longestJump
  }
  yield* store.open(yield* identified, (now) => BusinessDay.periodAt(calendar, now))

  // The copy of the users, kept between commits: it is as good as the cursor it was loaded at.
  let replica: { readonly at: number; readonly value: Replica } | undefined

  /** The copy of the users. A host's policy that fails on one of them keeps every commit away, with a reason. */
  const replicaOf = (members: ReadonlyArray<Member>) =>
    Effect.try({
      try: () => new Replica(members, policies.eligible),
      catch: (defect) =>
        new StoreError({
          reason: "Corrupt",
          retryable: false,
          committed: "no",
          message: `the policy Eligibility failed: ${Text.ofDefect(defect)}`
        })
    })

  /** Loads a board in one call; the copy of the users only when it has moved on. */
  const load = Effect.fnUntraced(function* (tx: TaskTransaction, query: Omit<TaskQuery, "members">) {
    const known = replica?.at === tx.head.cursor.number ? replica.value : undefined
    const loaded = yield* tx.load({ ...query, members: known === undefined })
    const value = known ?? (yield* replicaOf(loaded.members))
    replica = { at: tx.head.cursor.number, value }
    const { cursor, period, shuffles } = tx.head
    const state = Board.make({
      rules,
      now: tx.now,
      period,
      shuffles,
      cursor,
      replica: value,
      tasks: loaded.tasks,
      creations: loaded.creations
    })
    return { state, recorded: loaded.commands }
  })

  const place = (tx: TaskTransaction, board: Board.Board, longestJump: number | null): Registration.Place => ({
    sha256,
    calendar,
    longestJump,
    head: { ...tx.head, shuffles: board.shuffles, cursor: board.cursor },
    now: tx.now
  })

  const submit = yield* Commit.start<TaskTransaction, TaskCommand, TaskOutcomes, Board.Board, Decide.Change>({
    transact: store.transact,
    recorded: (tx, commands) => Effect.map(tx.load({ ...emptyQuery, commands }), (loaded) => loaded.commands),
    load: (tx, commands, ids, actors) =>
      load(tx, {
        ...named(
          commands,
          [...actors.values()].map(({ id }) => id)
        ),
        commands: ids
      }),
    decide: Decide.decide,
    withhold: Decide.withhold,
    evolve: Decide.evolve,
    save: Effect.fnUntraced(function* (tx, board, changes, records) {
      const entries: Array<Registration.Entry> = []
      const creations = new Map<UserId, Creations>()
      for (const { actor, change } of changes) {
        if (change._tag === "Task") entries.push({ actor, event: change })
        else if (change._tag === "Shuffled") entries.push({ actor, shuffled: change })
        else if (change._tag === "Counted") creations.set(change.creations.creator, change.creations)
        else if (change._tag === "Resumed" && change.skipped !== null) {
          entries.push({ draft: draftTaskEvent("task.event-skipped", actor, change.skipped) })
        }
      }
      const afterJump = changes.some(({ change }) => change._tag === "RegistrationEnded" && change.afterJump)
      const advances = entries.length > 0 || changes.some(({ change }) => change._tag === "RegistrationEnded")
      const rest = { members: [], creations: [...creations.values()], commands: records }
      return yield* advances
        ? Saving.save(tx, board, place(tx, board, afterJump ? null : settings.longestJump), entries, rest)
        : Saving.saveHead(tx, place(tx, board, null).head, rest)
    })
  })

  /** What users' events come to; without those from the first on which a host's policy fails. */
  const reaction = Effect.fnUntraced(function* (
    tx: TaskTransaction,
    admitted: Cursor.Admitted,
    read: Readable<UserEvent>
  ) {
    const users = mentioned(read.events)
    const { state: board } = yield* load(tx, { ...emptyQuery, heldBy: users.length === 0 ? [] : [null, ...users] })
    // From here on the copy is ahead of the store, until the commit is known to have gone through.
    replica = undefined
    return { board, outcome: react(board, admitted, read) }
  })

  /** Why users' events wait, though nothing is stopped. */
  let waits: string | null = null
  const waiting = Trouble.make("users' events wait until an operator accepts the clock", { log: Effect.logError })

  const applyUsers = (after: number, fetched: ReadonlyArray<Envelope>, held?: Envelope | null) =>
    Effect.fnUntraced(function* (tx: TaskTransaction) {
      waits = null
      const admitted = Cursor.admit(sha256, tx.head.cursor, after, fetched, held)
      const read = readable(decodeUserEvent, admitted)
      let { board, outcome } = yield* reaction(tx, admitted, read)
      if (outcome.failure !== null) {
        const { before, stop } = outcome.failure
        ;({ board, outcome } = yield* reaction(tx, admitted, { events: read.events.slice(0, before), stop }))
        if (outcome.failure !== null) return yield* Effect.die(outcome.failure.stop.message)
      }
      if (outcome.cursor === tx.head.cursor) return { head: tx.head, events: [] }
      board.cursor = outcome.cursor
      const entries = outcome.events.map((event) => ({ actor: "system", event }))
      const rest = { members: outcome.members, creations: [], commands: [] }
      const saved = yield* Effect.result(
        entries.length === 0
          ? Saving.saveHead(tx, place(tx, board, null).head, rest)
          : Saving.save(tx, board, place(tx, board, settings.longestJump), entries, rest)
      )
      if (Result.isFailure(saved)) {
        if (saved.failure instanceof StoreError) return yield* saved.failure
        waits = `the clock has jumped: ${saved.failure.message}`
        yield* waiting.met(Cause.fail(saved.failure))
        return { head: tx.head, events: [] }
      }
      replica = { at: outcome.cursor.number, value: board.replica }
      return saved.success
    })

  const bus = yield* Effect.context<EventBus>()
  yield* Consumer.start({
    name: consumer,
    source: "users",
    waits: () => waits,
    cursor: Effect.map(store.head, (head) => head.cursor),
    apply: (after, fetched, held) =>
      store.transact(applyUsers(after, fetched, held)).pipe(
        Effect.tap(({ events }) => announce(events)),
        Effect.tap(() => (waits === null ? waiting.over : Effect.void)),
        Effect.map(({ head }) => head.cursor),
        Effect.provideContext(bus)
      )
  })

  return submit
})

/** The tasks that a batch of commands names, and those who act, where some of them create. */
const named = (
  commands: ReadonlyArray<TaskCommand>,
  actors: ReadonlyArray<UserId>
): Omit<TaskQuery, "members" | "commands"> => {
  const tasks = new Set<TaskId>()
  let open = false
  let creates = false
  for (const command of commands) {
    if (command._tag === "Create") {
      creates = true
      for (const { id } of command.tasks) tasks.add(id)
    } else if (command._tag === "Edit") tasks.add(command.edit.id)
    else if (command._tag === "Assign" || command._tag === "CompleteOne") tasks.add(command.id)
    else if (command._tag === "Complete") for (const id of command.ids) tasks.add(id)
    else if (command._tag === "Shuffle") open = true
  }
  return { tasks: [...tasks], open, heldBy: [], creators: creates ? actors : [] }
}
