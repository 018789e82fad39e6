/**
 * What all parts of a run share: time, chance, the disk, the company, and the trace.
 */
import type { Company, Ports } from "@popug/core"
import type { Memory } from "@popug/memory"
import type * as Context from "effect/Context"
import type * as Layer from "effect/Layer"
import type { Bug } from "../bugs/Bug.ts"
import type { Dice } from "../Faults.ts"
import type { Chance } from "./Chance.ts"
import type { Trace } from "./Trace.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface World {
  readonly time: VirtualTime
  readonly chance: Chance
  readonly dice: Dice
  readonly trace: Trace
  /** What outlives the processes: all rows, or only what the bus holds where the stores are real. */
  readonly disk: Memory.Disk
  /** The ports as a process without faults has them. */
  readonly ports: (connection: Memory.Connection) => Layer.Layer<Ports>
  /** Whether everything settles at an instant before time moves. */
  readonly lockstep: boolean
  readonly company: Context.Context<Company>
  /** Policies of the company, and the settings of the runtime that make a run repeat. */
  readonly base: Context.Context<never>
  readonly bug: Bug | undefined
  /** Notices that were sent, and how often. */
  readonly sent: Map<string, number>
}

/** Adds a line to the trace. */
export const note = (world: World, line: string): void => world.trace.add(world.time.now, line)
