/**
 * A look ahead at a shuffle: which tasks may move, and what that may cost, as billing has priced them.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import type { Page } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { traced } from "../values/traced.ts"
import { Eligibility, type Member, RepeatedAssignee } from "./Assignment.ts"
import { Prices } from "./Prices.ts"
import type { Task } from "./Task.ts"
import { TaskStore } from "./TaskStore.ts"

/** What a shuffle would find. Whom each task falls on is drawn when it is asked for, so these are bounds. */
export interface ShufflePreview {
  /** How many open tasks there are. */
  readonly open: number
  /** How many of them were looked at, the oldest: what else is said here is of those. */
  readonly looked: number
  /** How many of them can fall on somebody else, or on nobody where nobody is eligible. */
  readonly movable: number
  /** The fees of those, as far as they are priced, in minor units: what the shuffle can charge at most. */
  readonly fees: bigint
  /** How many of them billing has not priced yet: their fees are not in the sum. */
  readonly unpriced: number
}

export class Shuffling extends Context.Service<
  Shuffling,
  {
    /**
     * What a shuffle would cost at most now. It looks at 10,000 open tasks at most. For whoever may shuffle.
     */
    readonly preview: (
      actor: Actor.Actor
    ) => Effect.Effect<ShufflePreview, Actor.ActorError | Access.NotAllowed | StoreError>
  }
>()("@popug/core/Shuffling") {
  static readonly layer: Layer.Layer<Shuffling, never, TaskStore | Prices | Actor.Directory> = Layer.effect(
    Shuffling,
    Effect.suspend(() => make)
  )
}

/** How many tasks one preview looks at, and how many it holds at a time. */
const [mostTasks, pageSize] = [10_000, 1_000]

const make = Effect.gen(function* () {
  const directory = yield* Effect.context<Actor.Directory>()
  const tasks = yield* TaskStore
  const prices = yield* Prices
  const isEligible = yield* Eligibility
  const repeated = yield* RepeatedAssignee

  /** The fees of some tasks, and how many of them have none yet. */
  const priced = Effect.fnUntraced(function* (ids: ReadonlyArray<TaskId>) {
    if (ids.length === 0) return { fees: 0n, unpriced: 0 }
    const rows = yield* prices.fees(ids)
    return { fees: rows.reduce((sum, { fee }) => sum + fee, 0n), unpriced: ids.length - rows.length }
  })

  const preview = traced("Shuffling.preview")(function* (actor: Actor.Actor) {
    yield* Access.authorize(actor, "shuffle tasks")
    const candidates = yield* firstEligible(tasks, isEligible)
    const moves = movable(candidates, repeated)
    const total = { looked: 0, movable: 0, fees: 0n, unpriced: 0 }
    let after: TaskId | undefined
    let more = true
    while (more && total.looked < mostTasks) {
      const page: Page<Task> = yield* tasks.list({ status: "in progress" }, { after, limit: pageSize })
      const moving = page.rows.filter(moves)
      // What falls on nobody costs nobody anything.
      const { fees, unpriced } = yield* priced(candidates.length === 0 ? [] : moving.map(({ id }) => id))
      total.looked += page.rows.length
      total.movable += moving.length
      total.fees += fees
      total.unpriced += unpriced
      after = page.rows.at(-1)?.id
      more = page.more
    }
    const { counts } = yield* tasks.head
    return { open: more ? Math.max(counts.open, total.looked) : total.looked, ...total }
  }, Effect.provideContext(directory))

  return Shuffling.of({ preview })
})

/** Two of those who are eligible, or as many as there are: nobody asks for more. */
const firstEligible = Effect.fnUntraced(function* (
  store: TaskStore["Service"],
  isEligible: (member: Member) => boolean
): Effect.fn.Return<ReadonlyArray<UserId>, StoreError> {
  const found: Array<UserId> = []
  let after: UserId | undefined
  for (let more = true; more && found.length < 2;) {
    const page: Page<Member> = yield* store.members({ after, limit: pageSize })
    for (const member of page.rows) if (isEligible(member)) found.push(member.id)
    after = page.rows.at(-1)?.id
    more = page.more
  }
  return found.slice(0, 2)
})

/** Which open tasks a shuffle can move: all where there is a choice, or where the same person is charged again. */
const movable = ([only, other]: ReadonlyArray<UserId>, repeated: "keep" | "assign-again") =>
  only !== undefined && (other !== undefined || repeated === "assign-again")
    ? () => true
    : ({ assignee }: Task) => assignee !== (only ?? null)
