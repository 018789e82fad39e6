/**
 * What all parts of a run share: time, chance, the disk, the company, and the trace.
 */
import type { Company, Ports } from "@popug/core"
import type { Memory } from "@popug/memory"
import type * as Context from "effect/Context"
import type * as Layer from "effect/Layer"
import type * as Contexts from "../../apart/Contexts.ts"
import type { Bug } from "../bugs/Bug.ts"
import type { Violation } from "../checks/Violation.ts"
import type { Dice } from "../Faults.ts"
import type { Chance } from "./Chance.ts"
import type { Connections, Process } from "./Process.ts"
import type { Trace } from "./Trace.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface World {
  readonly time: VirtualTime
  readonly chance: Chance
  readonly dice: Dice
  readonly trace: Trace
  /**
   * What outlives the processes: all rows, or only what the bus holds where the stores are real. One disk for all
   * contexts, or one for each where they run apart.
   */
  readonly disks: Readonly<Record<Contexts.Name, Memory.Disk>>
  /** What outlives the processes of the bus. */
  readonly broker: Memory.Disk
  /** The ports as a process without faults has them. */
  readonly ports: (connections: Connections) => Layer.Layer<Ports>
  /** What is between contexts that run apart; undefined where they run together. */
  network: Between | undefined
  /** Rules that were seen to be broken under way. */
  readonly broken: Array<Violation>
  /** When what was saved of a command was on its way, and when users' events were committed; epoch milliseconds. */
  readonly saved: Map<string, number>
  readonly committed: Map<number, number>
  /** Whether everything settles at an instant before time moves. */
  readonly lockstep: boolean
  readonly company: Context.Context<Company>
  /** Policies of the company, and the settings of the runtime that make a run repeat. */
  readonly base: Context.Context<never>
  readonly bug: Bug | undefined
  /** Notices that were sent, and how often. */
  readonly sent: Map<string, number>
}

/** What is between contexts that run apart. */
export interface Between {
  /** Two contexts do not reach one another until an instant. */
  readonly cut: (contexts: readonly [Contexts.Name, Contexts.Name], until: number) => void
  /** What a process hears of the other contexts. */
  readonly told: (process: Process, from: Contexts.Name) => Contexts.Told
}

/** Adds a line to the trace. */
export const note = (world: World, line: string): void => world.trace.add(world.time.now, line)
