/**
 * Rounds of work that end in a crash: of the workers, or of the server under them.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { Actor, Consumers, Tasks, Users } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Neighbours from "../neighbours.ts"
import type { Server } from "../server/Server.ts"
import { audit, type Findings } from "./audit.ts"
import type { Broker } from "./broker.ts"
import { Fleet } from "./fleet.ts"
import { node } from "./node.ts"
import { type Plan, type Sent, userIds } from "./plan.ts"

/** After how many acknowledged commands a round may end. */
const underWay = 10

export interface Rounds {
  readonly store: Plan["store"]
  readonly schema: string
  readonly processes: number
  readonly rounds: number
  /** How many other companies are in the schema; what is done in it must leave their rows as they are. */
  readonly neighbours: number
  /** The server to kill in every second round; without it only the workers are. */
  readonly server?: Server
  /** The NATS that carries the events; it is in trouble in every round. */
  readonly broker?: Broker
  /** Called after each round, with how many there were. */
  readonly onRound?: (round: number, so: Progress) => void
}

interface Progress {
  readonly commands: number
  /** How many processes were killed: workers and servers. */
  readonly kills: number
  /** How many came up again over what the killed ones had left. */
  readonly recoveries: number
}

export interface Outcome extends Findings {
  readonly kills: number
  readonly recoveries: number
  readonly failures: ReadonlyArray<string>
  /** How often NATS was in which trouble, and how many events it had at the end. */
  readonly nats?: Broker["troubles"] & { readonly carried: number }
}

/** A trouble of NATS at some moment of a round. */
const trouble = (broker: Broker | undefined) =>
  Effect.gen(function* () {
    if (broker === undefined) return
    yield* Effect.sleep(yield* Random.nextIntBetween(0, 1_500))
    const end = yield* Effect.promise(broker.trouble)
    yield* Effect.sleep(yield* Random.nextIntBetween(50, 1_500))
    yield* Effect.promise(end)
  }).pipe(Effect.uninterruptible)

/**
 * In each round workers start, do again what the killed ones got no answer of, work for a moment, and are killed. The
 * last round ends in peace, and is audited.
 */
export const run = Effect.fnUntraced(function* (options: Rounds) {
  const { broker, neighbours, processes, rounds, schema, server, store } = options
  const carrier = broker === undefined ? {} : { nats: broker.servers }
  const time = { began: yield* Clock.currentTimeMillis, factor: 86_400, ...carrier }
  const fleet = new Fleet<Plan, Sent>(new URL("worker.ts", import.meta.url))
  yield* Effect.addFinalizer(() => Effect.sync(() => fleet.kill()))
  let again: ReadonlyArray<Sent> = []
  let kills = 0
  let recoveries = 0
  let troubled = yield* Effect.forkScoped(Effect.void)
  const nodeOf = (name: string) => node({ ...time, store, name })
  const before = yield* Effect.gen(function* () {
    yield* (yield* Users).create(
      Actor.system,
      userIds.map((id) => ({ id, name: id, roles: ["worker"] }))
    )
    const first = Array.from({ length: 9 }, (_, index) => ({ id: `first.${index}`, title: `Mend ${index}` }))
    yield* (yield* Tasks).create(Actor.system, first)
    yield* (yield* Consumers).settle
    yield* Neighbours.settle(schema, neighbours)
    return yield* Neighbours.fingerprint(schema)
  }).pipe(Effect.provide(nodeOf("founder")), Effect.scoped)

  for (let round = 0; round < rounds; round++) {
    const workers = Array.from({ length: processes }, (_, index) =>
      fleet.start({
        ...time,
        store,
        name: `r${round}w${index}`,
        writers: 8,
        again: again.filter((_, place) => place % processes === index)
      })
    )
    // One after another; some outlast the workers, and the next ones begin in the middle of them.
    const earlier = troubled
    troubled = yield* Effect.forkScoped(Effect.andThen(Fiber.join(earlier), trouble(broker)))
    const open = new Map(again.map((sent) => [sent.id, sent]))
    const ready = yield* Effect.promise(() => Promise.all(workers.map(({ ready }) => ready)))
    if (round > 0) recoveries += ready.filter(Boolean).length
    // Once work is under way, and at no particular moment of it.
    const sofar = fleet.acknowledged.size
    yield* Effect.sleep("20 millis").pipe(
      Effect.repeat({ until: () => fleet.acknowledged.size >= sofar + underWay }),
      Effect.timeout("30 seconds")
    )
    yield* Effect.sleep(yield* Random.nextIntBetween(0, 400))
    if (server !== undefined && round % 2 === 1) {
      yield* Effect.promise(server.kill)
      kills += 1
      // The workers find it gone, and then back.
      yield* Effect.promise(() => sleep(100))
      yield* Effect.promise(server.start)
      recoveries += 1
      yield* Effect.sleep("500 millis")
    }
    for (const { process } of workers) kills += process.kill("SIGKILL") ? 1 : 0
    yield* Effect.promise(() => Promise.all(workers.map(({ ended }) => ended)))
    for (const worker of workers) for (const [id, sent] of worker.open) open.set(id, sent)
    again = [...open.values()].filter(({ id }) => !fleet.acknowledged.has(id))
    options.onRound?.(round + 1, { commands: fleet.acknowledged.size, kills, recoveries })
  }

  yield* Fiber.join(troubled)
  const last = fleet.start({ ...time, store, name: "last", writers: 1, commands: 1, again })
  const code = yield* Effect.promise(() => last.ended)
  if (code !== 0) throw new Error(`the last worker ended with ${code}: ${fleet.failures.join()}`)
  const [findings, after] = yield* Effect.all([
    audit(schema, fleet.acknowledged.values()),
    Neighbours.fingerprint(schema)
  ]).pipe(Effect.provide(nodeOf("auditor")), Effect.scoped)
  const changed = after.filter((line, index) => line !== before[index]).map((line) => `rows of neighbours: ${line}`)
  recoveries += 1
  const nats = broker === undefined ? undefined : yield* Effect.promise(broker.carried)
  return {
    ...findings,
    violations: [...findings.violations, ...changed, ...(nats?.disorder ?? [])],
    ...(nats === undefined ? {} : { nats: { ...broker!.troubles, carried: nats.messages } }),
    kills,
    recoveries,
    failures: fleet.failures
  } satisfies Outcome
}, Effect.scoped)
