/**
 * Does what the plan says.
 */
import { Consumers, Reports } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Options } from "./Settings.ts"
import type { Clients } from "./workload/Clients.ts"
import type { Happening } from "./workload/plan.ts"
import type { Node } from "./world/Node.ts"
import type { Services } from "./world/Process.ts"
import { note, type World } from "./world/World.ts"

/** Has a node do something, if it is up; whatever goes wrong is tried again another time. */
const on = (node: Node, act: (services: Context.Context<Services>) => Effect.Effect<unknown, unknown>) =>
  Effect.suspend(() => {
    const { up } = node
    return up === undefined
      ? Effect.void
      : Effect.ignore(Effect.provideService(act(up.services), Clock.Clock, up.clock))
  })

export const happen = (
  world: World,
  nodes: ReadonlyArray<Node>,
  clients: Clients,
  happening: Happening,
  options: Options
): Effect.Effect<unknown> => {
  const { counts } = world.dice
  switch (happening._tag) {
    case "Command":
      return clients.command(happening.number)
    case "Poll":
      return on(nodes[happening.node]!, (services) => Context.get(services, Consumers).settle)
    case "Dispatch": {
      const sending = nodes.filter(({ context }) => context === undefined || context === "reports")
      return on(sending[happening.node % sending.length]!, (services) => Context.get(services, Reports).dispatch)
    }
    case "Cut":
      return Effect.sync(() => {
        counts.cut += 1
        world.network!.cut(happening.between, happening.until)
        note(world, `${happening.between.join(" and ")} do not reach one another`)
      })
    case "Skew":
      return Effect.sync(() => {
        counts.skew += 1
        nodes[happening.node]!.skew = happening.millis
        note(world, `the clock of ${nodes[happening.node]!.name} is wrong by ${happening.millis} ms`)
      })
    case "Kill":
      return Effect.suspend(() => {
        counts.kill += 1
        return nodes[happening.node]!.bounce("killed")
      })
    case "Outage":
      return Effect.suspend(() => {
        counts.outage += 1
        for (const node of nodes) node.downUntil = happening.until
        return Effect.forEach(nodes, (node) => node.bounce("outage"))
      })
    case "DayOver":
      return Effect.sync(() => options.onDay?.(happening))
  }
}
