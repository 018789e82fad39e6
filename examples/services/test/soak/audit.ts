/**
 * All that the contexts have left in their stores, checked as the simulation checks its own.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Actor, Company, CreationLimit, Ids, Notifier, Verification } from "@popug/core"
import { Mail } from "@popug/mail"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import { Elsewhere } from "@popug/testkit/simulation"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import type { Clients } from "./Clients.ts"
import { type Deployment, secret } from "./Deployment.ts"

export interface Findings {
  readonly events: number
  readonly transfers: number
  readonly periods: number
  readonly violations: ReadonlyArray<string>
}

export interface Looked {
  readonly deployment: Deployment
  readonly clients: Clients
  /** When the company was opened, and how many days its clock was moved since. */
  readonly opened: number
  readonly days: number
}

const company = Company.layer({ id: "popug", timeZone: "UTC", secret, longestJump: 1_000_000 })

/** Whoever only looks sends nothing; what they would have sent fails, and is seen. */
const silent = Layer.succeed(Notifier, {
  send: (notices: ReadonlyArray<unknown>) => Effect.succeed(notices.map(() => "the auditor sends nothing"))
})

const moved = (days: number) => {
  const world = Clock.Clock.defaultValue()
  const millis = () => world.currentTimeMillisUnsafe() + days * 86_400_000
  return Layer.succeed(Clock.Clock, {
    ...world,
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: () => BigInt(millis()) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(millis()) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => world.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: world.monotonicTimeNanos,
    sleep: (duration) => world.sleep(duration)
  })
}

/** When each of users' events was in force at the latest: put out when that was answered, let in when it was asked. */
const inForce = ({ answeredAt, asked }: Clients, events: Elsewhere.Evidence["events"]["users"]) => {
  const asking = new Map<string, Elsewhere.Asked>()
  for (const command of asked) {
    const { act } = command
    if (act._tag === "UpdateUser") asking.set(act.change.name, command)
    if (act._tag === "CreateUsers") for (const { name } of act.users) asking.set(name, command)
  }
  return new Map(
    events.map(({ data, number }) => {
      const { name, status } = data as { readonly name: string; readonly status?: string }
      const by = asking.get(name)
      const at = status === "deactivated" ? (answeredAt.get(by?.id ?? "") ?? Infinity) : (by?.sentAt ?? 0)
      return [number, at] as const
    })
  )
}

/**
 * When commands may have been taken, of all instants from when they were sent until they were answered the one that
 * speaks for them: whoever was let in again meanwhile may do it from then on.
 */
const taken = (
  { answeredAt, asked }: Clients,
  events: Elsewhere.Evidence["events"]["users"],
  committed: ReadonlyMap<number, number>
) => {
  const letIn = new Map<string, Array<number>>()
  for (const { data, number } of events) {
    const { id, status = "active" } = data as { readonly id: string; readonly status?: string }
    if (status === "active") letIn.set(id, [...(letIn.get(id) ?? []), committed.get(number)!])
  }
  return new Map(
    asked.flatMap(({ actor, id, sentAt }) => {
      if (sentAt === undefined) return []
      const answered = answeredAt.get(id) ?? Infinity
      const own = actor._tag === "User" ? (letIn.get(actor.id) ?? []) : []
      return [[id, own.find((at) => at > sentAt && at <= answered) ?? sentAt] as const]
    })
  )
}

/** The evidence as the checks want it, with what only those outside know. */
const known = ({ clients, deployment }: Looked, found: Elsewhere.Evidence): Elsewhere.Evidence => {
  const mail = join(deployment.folder, "mail")
  const [first] = clients.asked
  const committed = inForce(clients, found.events.users)
  return {
    ...found,
    committed,
    saved: taken(clients, found.events.users, committed),
    recorded: new Map([...found.recorded, [first!.id, { answer: null } as never]]),
    sent: new Map(
      found.notices.flatMap(({ notice: { id } }) => (existsSync(join(mail, Mail.fileName(id))) ? [[id, 1]] : []))
    )
  }
}

export const audit = (looked: Looked): Promise<Findings> => {
  const { clients, days, deployment, opened } = looked
  const portsOf = (name: keyof Deployment["stores"]) => {
    const store = deployment.stores[name]
    return Layer.build(
      Layer.fresh(
        "url" in store
          ? Postgres.layer({ url: Redacted.make(store.url), ssl: false, maxConnections: 2, clock: "effect" })
          : Pglite.layer({ folder: store.folder, clock: "effect" })
      )
    )
  }
  const look = Effect.gen(function* () {
    const ports = {
      users: yield* portsOf("users"),
      tasks: yield* portsOf("tasks"),
      billing: yield* portsOf("billing"),
      reports: yield* portsOf("reports")
    }
    return yield* Effect.gen(function* () {
      const settings = Elsewhere.resolve({ seed: 0, timeZone: "UTC", cutoff: "00:00", byHand: false, apart: true })
      const nothing = { committed: new Map(), saved: new Map(), sent: new Map() }
      const evidence = yield* Elsewhere.collect({ settings, opened, asked: clients.asked, ...nothing })
      const { contexts } = yield* (yield* Verification).run(Actor.system)
      return { evidence: known(looked, evidence), contexts }
    }).pipe(Effect.provide(Elsewhere.Joined.layer(ports)))
  })
  return Effect.runPromise(
    look.pipe(
      Effect.provide([
        Layer.provideMerge(
          Layer.mergeAll(
            Ids.layer,
            silent,
            Layer.succeed(CreationLimit, () => null)
          ),
          company
        )
      ]),
      Effect.provide(Layer.merge(moved(days), Layer.succeed(References.MinimumLogLevel, "None"))),
      Effect.scoped,
      Effect.map(({ contexts, evidence }): Findings => {
        clients.transfers = evidence.transfers.length
        const unlike = contexts.flatMap(({ context, difference }) =>
          difference === null ? [] : [`the verification of ${context}: ${difference.message}`]
        )
        return {
          events: Object.values(evidence.events).reduce((sum, { length }) => sum + length, 0),
          transfers: evidence.transfers.length,
          periods: evidence.closed.length,
          violations: [...Elsewhere.check(evidence).map(({ message, rule }) => `${rule}: ${message}`), ...unlike]
        }
      })
    )
  )
}
