/**
 * A node: one process that runs the whole company, or one context of it, over the disk that all such nodes share. It
 * crashes, stands still, has the wrong time, and starts again.
 *
 * A crash is no interruption: no finalizer runs, whatever the process has called never returns, and the disk takes its
 * locks back. So a dead process is left where it stands, and a new one is built beside it.
 */
import { EventLog } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Contexts from "../../apart/Contexts.ts"
import { InTransaction, unavailable } from "./Calls.ts"
import { build, connect, layerNode } from "./create.ts"
import { faulty } from "./faulty.ts"
import type { Process, Services } from "./Process.ts"
import { note, type World } from "./World.ts"

interface Up {
  /** Of a context that runs alone only its own are there. */
  readonly services: Context.Context<Services>
  readonly clock: Clock.Clock
  readonly log: EventLog["Service"]
}

export class Node {
  readonly name: string
  /** The context that it runs; undefined for the whole company. */
  readonly context: Contexts.Name | undefined
  readonly #world: World
  #lives = 0
  #process: Process | undefined
  /** How wrong its clock is, in milliseconds. */
  skew = 0
  /** It does not start before this instant; epoch milliseconds. */
  downUntil = 0

  constructor(world: World, name: string, context?: Contexts.Name) {
    this.#world = world
    this.name = name
    this.context = context
  }

  /** The services of the process that runs, if one is up, its clock, and the log of its store. */
  get up(): Up | undefined {
    const { clock, log, services } = this.#process ?? {}
    return clock === undefined || log === undefined || services === undefined ? undefined : { clock, log, services }
  }

  /** The end of the process, at once and without a word. */
  kill(why: string): void {
    const process = this.#process
    if (process === undefined) return
    note(this.#world, `${process.name} is gone: ${why}`)
    this.#process = undefined
    Effect.runSync(Effect.andThen(process.connections.disk.cut, process.connections.broker.cut))
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
    const connections = connect(world, this.context)
    const gone = Effect.suspend(() => {
      if (this.#process === process) this.kill("crash")
      return this.#restart
    })
    const process: Process = {
      name,
      connections,
      clock: world.time.clock(
        () => this.skew,
        () => connections.disk.alive
      ),
      pausedUntil: 0,
      stands: Effect.suspend(() => {
        const isAlive = () => connections.disk.alive
        return process.pausedUntil > world.time.now
          ? world.time.sleepUntil(() => process.pausedUntil, isAlive)
          : Effect.void
      }),
      crash: Effect.andThen(gone, Effect.never),
      // A disk in memory takes its locks back by itself; a transaction of a real store has to end.
      crashInside: Effect.andThen(gone, world.lockstep ? Effect.fail(unavailable()) : Effect.never),
      services: undefined,
      log: undefined
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
    return build(world.ports(process.connections)).pipe(
      Effect.map((tame) => faulty(world, process, tame)),
      Effect.flatMap((ports) =>
        Effect.map(build(layerNode(world, process, this.context, ports)), (services) => {
          process.services = services
          process.log = Context.get(ports, EventLog)
          note(world, `${process.name} is up`)
        })
      ),
      Effect.provideContext(Context.add(world.base, Clock.Clock, process.clock)),
      // Its predecessor may have crashed in the middle of one.
      Effect.provideService(InTransaction, false),
      Effect.catch(() => process.crash)
    )
  }
}
