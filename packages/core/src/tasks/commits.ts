/**
 * How the tasks context commits. There are two ways in, commands and users' events: both are commits under its head.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { Company } from "../company/Company.ts"
import * as Commit from "../stream/Commit.ts"
import * as Consumer from "../stream/Consumer.ts"
import * as Cursor from "../stream/Cursor.ts"
import type { Envelope } from "../stream/Envelope.ts"
import { WrittenVersions } from "../stream/Event.ts"
import { announce, type EventBus } from "../stream/EventBus.ts"
import { type Readable, readable } from "../stream/Readable.ts"
import { byHalves, stopped } from "../stream/refusals.ts"
import * as Spans from "../stream/Spans.ts"
import type { Subscriber } from "../stream/Subscriber.ts"
import * as Trouble from "../stream/Trouble.ts"
import { decodeUserEvent, type UserEvent } from "../users/events.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import { Digest, drawKey } from "../values/Digest.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import { StoreError } from "../values/StoreError.ts"
import * as Text from "../values/Text.ts"
import type { TraceContext } from "../values/TraceContext.ts"
import { AssignmentByHand, ChooseAssignee, Eligibility, type Member, RepeatedAssignee } from "./Assignment.ts"
import { names, type TaskCommand, type TaskOutcomes } from "./commands.ts"
import { CreationLimit, type Creations } from "./Creations.ts"
import { decide, withhold } from "./decide.ts"
import { identified } from "./identity.ts"
import { mentioned, type Consequences, react } from "./react.ts"
import { isPublished, type Place } from "./Registration.ts"
import { Replica } from "./Replica.ts"
import { save, saveHead } from "./saving.ts"
import { type Board, evolve, makeBoard, type TaskRules, type TaskFact } from "./state.ts"
import { emptyQuery, type TaskQuery, TaskStore, type TaskTransaction } from "./TaskStore.ts"

/** The name of the consumer of users' events, and of its cursor. */
const consumer = "tasks"

type Outcome = TaskOutcomes[TaskCommand["_tag"]]
type Steps = Commit.Steps<TaskTransaction, TaskCommand, Board, TaskFact, Outcome["answer"], Outcome["error"]>

/** What all commits of a process share. */
interface Shared {
  readonly rules: TaskRules
  /**
   * The copy of the users, kept between commits: it is as good as the digest of the cursor it was loaded at. By its
   * number alone it could be of what happened before a restore to an earlier moment.
   */
  replica: { readonly at: string; readonly value: Replica } | undefined
  /** Why users' events wait, though nothing is stopped. */
  waits: string | null
  readonly waiting: Trouble.Trouble
}

/** Opens the store and starts the writer and the consumer; returns the way to submit commands. */
export const start = Effect.gen(function* () {
  const store = yield* TaskStore
  const rules = yield* taskRules
  yield* store.open(yield* identified, (now) => BusinessDay.periodAt(rules.calendar, now))
  const shared: Shared = {
    rules,
    replica: undefined,
    waits: null,
    waiting: Trouble.make("users' events wait until an operator accepts the clock", { log: Effect.logError })
  }
  const submit = yield* Commit.start<TaskTransaction, TaskCommand, TaskOutcomes, Board, TaskFact>({
    source: "tasks",
    names,
    transact: store.transact,
    recorded: (tx, commands) => Effect.map(tx.load({ ...emptyQuery, commands }), (loaded) => loaded.commands),
    load: (tx, commands, ids, { entries }) => load(shared, tx, { ...asked(commands, entries), commands: ids }),
    decide,
    withhold,
    evolve,
    save: saving(shared)
  })
  yield* Consumer.start(following(shared, store, yield* Effect.context<EventBus>()))
  return submit
})

const taskRules = Effect.gen(function* () {
  const { calendar, identity, settings } = yield* Company
  const { sha256 } = yield* Digest
  const rules: TaskRules = {
    sha256,
    calendar,
    policies: {
      eligible: yield* Eligibility,
      choose: yield* ChooseAssignee,
      repeated: yield* RepeatedAssignee,
      byHand: yield* AssignmentByHand,
      creationLimit: yield* CreationLimit
    },
    drawKey: drawKey(sha256, identity.id, Redacted.value(settings.secret)),
    longestJump: settings.longestJump,
    versions: yield* WrittenVersions
  }
  return rules
})

/** The copy of the users. A host's policy that fails on one of them keeps every commit away, with a reason. */
const replicaOf = ({ policies }: TaskRules, members: ReadonlyArray<Member>) =>
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
const load = Effect.fnUntraced(function* (shared: Shared, tx: TaskTransaction, query: TaskQuery) {
  const { cursor, period, shuffles } = tx.head
  const known = shared.replica?.at === cursor.digest ? shared.replica.value : undefined
  const loaded = yield* tx.load({ ...query, members: known === undefined })
  const replica = known ?? (yield* replicaOf(shared.rules, loaded.members))
  shared.replica = { at: cursor.digest, value: replica }
  const { creations, tasks } = loaded
  const board = makeBoard({ rules: shared.rules, now: tx.now, period, shuffles, cursor, replica, tasks, creations })
  return { state: board, recorded: loaded.commands }
})

/** The tasks that a batch of commands names, and those who act, where some of them create. */
const asked = (
  commands: ReadonlyArray<TaskCommand>,
  actors: ReadonlyMap<string, { readonly id: UserId }>
): TaskQuery => {
  const tasks = new Set<TaskId>()
  let open = false
  let creates = false
  for (const command of commands) {
    if (command._tag === "Create") {
      creates = true
      for (const { id } of command.tasks) tasks.add(id)
    } else if (command._tag === "Edit") tasks.add(command.edit.id)
    else if (command._tag === "Assign" || command._tag === "Complete") tasks.add(command.id)
    else if (command._tag === "CompleteMany") for (const id of command.ids) tasks.add(id)
    else if (command._tag === "Shuffle") open = true
  }
  const creators = creates ? [...actors.values()].map(({ id }) => id) : []
  return { ...emptyQuery, tasks: [...tasks], open, creators }
}

/** Where a commit's events go. */
const placeOf = (tx: TaskTransaction, board: Board, longestJump: number | null): Place => ({
  sha256: board.rules.sha256,
  calendar: board.rules.calendar,
  longestJump,
  head: { ...tx.head, shuffles: board.shuffles, cursor: board.cursor },
  now: tx.now,
  versions: board.rules.versions
})

/** How what commands came to is saved. */
const saving =
  ({ rules }: Shared): Steps["save"] =>
  (tx, board, { facts, records: commands, traces }) => {
    let advances = false
    let { longestJump } = rules
    const creations = new Map<UserId, Creations>()
    for (const fact of facts) {
      if (fact._tag === "Counted") creations.set(fact.creations.creator, fact.creations)
      if (fact._tag === "RegistrationEnded" && fact.afterJump) longestJump = null
      advances ||= fact._tag === "RegistrationEnded" || isPublished(fact)
    }
    const rest = { creations: [...creations.values()], commands }
    return advances
      ? save(tx, board, placeOf(tx, board, longestJump), { facts, traces }, rest)
      : saveHead(tx, placeOf(tx, board, null).head, rest)
  }

/** How the context follows the users. */
const following = (shared: Shared, store: TaskStore["Service"], bus: Context.Context<EventBus>): Subscriber => ({
  name: consumer,
  source: "users",
  waits: () => shared.waits,
  cursor: Effect.map(store.head, (head) => head.cursor),
  apply: (after, fetched, held) =>
    byHalves(
      fetched,
      (events) =>
        Effect.map(
          Effect.flatMap(Spans.causing, (causeOf) =>
            store.transact((tx) => applyUsers(shared, tx, { after, events, held, causeOf }))
          ),
          ({ replica, saved }) => {
            // Only now is the copy as good as what is stored.
            shared.replica = replica ?? shared.replica
            return saved
          }
        ),
      (event, refusal) => store.transact((tx) => halted(tx, stopped(tx.head.cursor, event, refusal)))
    ).pipe(
      Effect.tap(({ events }) => announce(events)),
      Effect.tap(() => (shared.waits === null ? shared.waiting.over : Effect.void)),
      Effect.map(({ head }) => head.cursor),
      Effect.provideContext(bus)
    )
})

const halted = (tx: TaskTransaction, cursor: Cursor.Cursor): ReturnType<typeof saveHead> =>
  cursor === tx.head.cursor
    ? Effect.succeed({ head: tx.head, events: [] })
    : saveHead(tx, { ...tx.head, at: tx.now, cursor }, {})

/** Users' events as they were read after a number, and what causes what follows from them. */
interface Fetched {
  readonly after: number
  readonly events: ReadonlyArray<Envelope>
  readonly held: Envelope | null | undefined
  readonly causeOf: Spans.CauseOf
}

/** Applies users' events as far as they can be: without those from the first on which a host's policy fails. */
const applyUsers = Effect.fnUntraced(function* (
  shared: Shared,
  tx: TaskTransaction,
  { after, causeOf, events: fetched, held }: Fetched
) {
  shared.waits = null
  const unmoved = { saved: { head: tx.head, events: [] }, replica: undefined }
  const admitted = Cursor.admit(shared.rules.sha256, tx.head.cursor, after, fetched, held)
  const read = readable(decodeUserEvent, admitted)
  let { board, reaction } = yield* reacting(shared, tx, admitted, read)
  if (reaction.failure !== null) {
    const { before, stop } = reaction.failure
    ;({ board, reaction } = yield* reacting(shared, tx, admitted, { events: read.events.slice(0, before), stop }))
    if (reaction.failure !== null) return yield* Effect.die(reaction.failure.stop.message)
  }
  if (reaction.cursor === tx.head.cursor) return unmoved
  board.cursor = reaction.cursor
  const saved = yield* Effect.result(saveReaction(tx, board, reaction, causeOf(admitted.events)))
  if (Result.isFailure(saved)) {
    if (saved.failure instanceof StoreError) return yield* saved.failure
    shared.waits = `the clock has jumped: ${saved.failure.message}`
    yield* shared.waiting.met(Cause.fail(saved.failure))
    return unmoved
  }
  return { saved: saved.success, replica: { at: reaction.cursor.digest, value: board.replica } }
})

const reacting = Effect.fnUntraced(function* (
  shared: Shared,
  tx: TaskTransaction,
  admitted: Cursor.Admitted,
  read: Readable<UserEvent>
) {
  const users = mentioned(read.events)
  const query = { ...emptyQuery, heldBy: users.length === 0 ? [] : [null, ...users] }
  const { state: board } = yield* load(shared, tx, query)
  // From here on the copy is ahead of the store, until the commit is known to have gone through.
  shared.replica = undefined
  return { board, reaction: react(board, admitted, read) }
})

const saveReaction = (
  tx: TaskTransaction,
  board: Board,
  { facts, members }: Consequences,
  cause: TraceContext | undefined
) => {
  if (facts.length === 0) return saveHead(tx, placeOf(tx, board, null).head, { members })
  const traces = cause === undefined ? undefined : facts.map(() => cause)
  return save(tx, board, placeOf(tx, board, board.rules.longestJump), { facts, traces }, { members })
}
