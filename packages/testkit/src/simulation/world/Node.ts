/**
 * A node: one process that runs the whole company, over the disk that all nodes share. It crashes, stands still, has
 * the wrong time, and starts again.
 *
 * A crash is no interruption: no finalizer runs, whatever the process has called never returns, and the disk takes its
 * locks back. So a dead process is left where it stands, and a new one is built beside it.
 */
import { Schedule } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { unavailable } from "./Calls.ts"
import { build, layerPopug } from "./create.ts"
import { faulty } from "./faulty.ts"
import type { Process, Services } from "./Process.ts"
import { note, type World } from "./World.ts"

export class Node {
  readonly name: string
  readonly #world: World
  #lives = 0
  #process: Process | undefined
  /** How wrong its clock is, in milliseconds. */
  skew = 0
  /** It does not start before this instant; epoch milliseconds. */
  downUntil = 0

  constructor(world: World, name: string) {
    this.#world = world
    this.name = name
  }

  /** The services of the process that runs, if one is up, and its clock. */
  get up(): { readonly services: Context.Context<Services>; readonly clock: Clock.Clock } | undefined {
    const process = this.#process
    if (process?.services === undefined) return undefined
    return { services: process.services, clock: process.clock }
  }

  /** The end of the process, at once and without a word. */
  kill(why: string): void {
    const process = this.#process
    if (process === undefined) return
    note(this.#world, `${process.name} is gone: ${why}`)
    this.#process = undefined
    Effect.runSync(process.connection.cut)
  }

  /** Goes on from where it stands still. */
  wake(): void {
    if (this.#process !== undefined) this.#process.pausedUntil = 0
  }

  /** Starts a process unless one runs; does not wait until it is up. */
  readonly start: Effect.Effect<void> = Effect.suspend(() => {
    if (this.#process !== undefined) return Effect.void
    const process = this.#make()
    this.#process = process
    note(this.#world, `${process.name} starts`)
    return Effect.forkDetach(this.#build(process))
  })

  #make(): Process {
    const world = this.#world
    this.#lives += 1
    const name = `${this.name}.${this.#lives}`
    const connection = Memory.connect(world.disk)
    const gone = Effect.suspend(() => {
      if (this.#process === process) this.kill("crash")
      return this.#restart
    })
    const process: Process = {
      name,
      connection,
      clock: world.time.clock(
        () => this.skew,
        () => connection.alive
      ),
      pausedUntil: 0,
      crash: Effect.andThen(gone, Effect.never),
      // A disk in memory takes its locks back by itself; a transaction of a real store has to end.
      crashInside: Effect.andThen(gone, world.lockstep ? Effect.fail(unavailable()) : Effect.never),
      services: undefined
    }
    return process
  }

  /** A new process after a while: seconds most of the time. */
  readonly #restart = Effect.suspend(() => {
    const { chance, dice, time } = this.#world
    const wait = dice.calm ? 1 : chance.stream(`restart ${this.name} ${this.#lives}`).skewed(3_600) * 1_000
    const at = Math.max(time.now + wait, this.downUntil)
    return Effect.forkDetach(
      Effect.andThen(
        time.sleepUntil(() => at),
        this.start
      )
    )
  })

  /** Kills the process and starts another after a while. */
  bounce(why: string): Effect.Effect<void> {
    this.kill(why)
    return Effect.asVoid(this.#restart)
  }

  #build(process: Process): Effect.Effect<void> {
    const world = this.#world
    const ports = Layer.effectContext(
      Effect.map(build(world.ports(process.connection)), (tame) => faulty(world, process, tame))
    )
    // oxlint-disable-next-line import/namespace -- it is the core's schedule, not effect's
    return build(Schedule.layer.pipe(Layer.provideMerge(layerPopug(world, ports)))).pipe(
      Effect.provideContext(Context.add(world.base, Clock.Clock, process.clock)),
      Effect.matchEffect({
        onSuccess: (services) =>
          Effect.sync(() => {
            process.services = services
            note(world, `${process.name} is up`)
          }),
        onFailure: () => process.crash
      })
    )
  }
}
