/**
 * What goes wrong in a round: processes, the broker, the database, and the network between any two.
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { Elsewhere } from "@popug/testkit/simulation"
import { type Deployment, parts } from "./Deployment.ts"

type Chance = Elsewhere.Chance

/** How often each thing happened. */
export type Counts = Record<string, number>

/** Begins something; what it returns ends it. */
type Begin = () => Promise<() => Promise<void>>

interface Trouble {
  readonly kind: string
  readonly what: string
  readonly begin: Begin
  /** At most for how long, in milliseconds; longer than the lease on who acts. */
  readonly longest: number
}

const nothing = async () => undefined

const signal = (pid: number | undefined, name: NodeJS.Signals) => {
  try {
    if (pid !== undefined) process.kill(pid, name)
  } catch {
    // It has ended by itself, or by something else that went wrong.
  }
}

const ofProcesses = ({ company }: Deployment, chance: Chance): ReadonlyArray<Trouble> => {
  const part = chance.pick(parts)!
  const { child } = company.parts.get(part)!
  const sending =
    (name: NodeJS.Signals): Begin =>
    async () => {
      signal(child.pid(), name)
      return nothing
    }
  return [
    { kind: "killed", what: part, begin: sending("SIGKILL"), longest: 0 },
    {
      kind: "paused",
      what: part,
      begin: async () => {
        const pid = child.pid()
        signal(pid, "SIGSTOP")
        return async () => signal(pid, "SIGCONT")
      },
      longest: 8_000
    },
    { kind: "restarted", what: part, begin: sending("SIGTERM"), longest: 0 }
  ]
}

const ofNetwork = ({ ways }: Deployment, chance: Chance): ReadonlyArray<Trouble> => {
  const name = chance.pick([...ways.keys()])!
  const way = ways.get(name)!
  const after = chance.hit(0.5) ? "lost" : "goes on"
  return [
    {
      kind: "cut",
      what: name,
      begin: async () => {
        way.cut()
        return async () => way.mend()
      },
      longest: 6_000
    },
    {
      kind: "stalled",
      what: name,
      begin: async () => {
        way.stall()
        return async () => way.mend(after)
      },
      longest: 8_000
    }
  ]
}

const ofBroker = ({ nats }: Deployment): ReadonlyArray<Trouble> => {
  if (nats === undefined) return []
  const killed =
    (empty: boolean): Begin =>
    async () => {
      await nats.kill()
      return () => nats.start({ empty })
    }
  return [
    { kind: "killed", what: "nats", begin: killed(false), longest: 4_000 },
    { kind: "emptied", what: "nats", begin: killed(true), longest: 4_000 },
    {
      kind: "paused",
      what: "nats",
      begin: async () => {
        nats.pause()
        return async () => nats.resume()
      },
      longest: 6_000
    }
  ]
}

const ofDatabase = ({ postgres }: Deployment): ReadonlyArray<Trouble> =>
  postgres === undefined
    ? []
    : [
        {
          kind: "killed",
          what: "postgres",
          begin: async () => {
            await postgres.kill()
            return postgres.start
          },
          longest: 2_000
        }
      ]

/** So much of one kind can't go wrong twice at once: whoever is killed is not killed again before they are back. */
const draw = (deployment: Deployment, chance: Chance): Trouble =>
  chance.pick(
    {
      processes: ofProcesses(deployment, chance),
      network: ofNetwork(deployment, chance),
      broker: ofBroker(deployment),
      database: ofDatabase(deployment)
    }[
      chance.weighted({
        processes: 4,
        network: 4,
        broker: deployment.nats === undefined ? 0 : 1.5,
        database: deployment.postgres === undefined ? 0 : 0.5
      })
    ]
  )!

/** Has some things go wrong at some moments of a round, and mends all of it. Returns what it was, in words. */
export const trouble = async (
  deployment: Deployment,
  chance: Chance,
  counts: Counts
): Promise<ReadonlyArray<string>> => {
  const drawn = Array.from({ length: chance.between(2, 4) }, () => draw(deployment, chance))
  const troubles = drawn.filter(({ what }, index) => drawn.findIndex((one) => one.what === what) === index)
  await Promise.all(
    troubles.map(async ({ begin, kind, longest }, index) => {
      const own = chance.stream(index)
      await sleep(own.between(0, 2_500))
      counts[kind] = (counts[kind] ?? 0) + 1
      const end = await begin()
      await sleep(own.between(Math.min(200, longest), longest))
      await end()
    })
  )
  return troubles.map(({ kind, what }) => `${what} ${kind}`)
}
