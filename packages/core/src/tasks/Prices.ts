/**
 * The port through which tasks ask what their tasks cost: billing prices them, and no other context reads its rows.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { TaskId } from "../values/Ids.ts"
import type { StoreError } from "../values/StoreError.ts"

/** The recorded fee of a task, in minor units. */
export interface TaskFee {
  readonly task: TaskId
  readonly fee: bigint
}

/**
 * Contract: `fees` returns the fees of those of the tasks that are priced, in any order. At most 1,000 tasks are asked
 * for at once.
 */
export class Prices extends Context.Service<
  Prices,
  {
    readonly fees: (tasks: ReadonlyArray<TaskId>) => Effect.Effect<ReadonlyArray<TaskFee>, StoreError>
  }
>()("@popug/core/Prices") {}
