/**
 * The people of the company: those who found it, and those who ask something of it during the day.
 */
import { Actor } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Settings } from "../Settings.ts"
import type { Chance } from "../world/Chance.ts"
import type { Node } from "../world/Node.ts"
import type { World } from "../world/World.ts"
import { ask, type Asked, perform } from "./ask.ts"
import { choose } from "./choose.ts"
import type { NewUser } from "./Command.ts"
import type { View } from "./View.ts"
import { titleOf } from "./wording.ts"

const names = ["Kesha", "Iago", "Polly", "Rio", "Jewel", "Zazu", "Waldo", "Coco", "Pepper", "Captain", "Echo", "Sunny"]

/** Who is there from the start. */
export const founders = (popugs: number): ReadonlyArray<NewUser> => [
  { id: "admin", name: "Ada the admin", roles: ["admin"] },
  { id: "manager", name: "Max the manager", roles: ["manager"] },
  // As a manager she gets no tasks, so that now and then nobody is left who does.
  { id: "accountant", name: "Ann the accountant", roles: ["accountant", "manager"] },
  ...Array.from({ length: popugs }, (_, index) => ({
    id: `popug-${index + 1}`,
    name:
      index < names.length ? names[index]! : `${names[index % names.length]} ${Math.ceil((index + 1) / names.length)}`,
    roles: ["worker"]
  }))
]

export class Clients {
  readonly asked: Array<Asked> = []
  readonly #world: World
  readonly #settings: Settings
  readonly #nodes: ReadonlyArray<Node>
  readonly #view: View
  readonly #chance: Chance

  constructor(world: World, settings: Settings, nodes: ReadonlyArray<Node>, view: View) {
    this.#world = world
    this.#settings = settings
    this.#nodes = nodes
    this.#view = view
    this.#chance = world.chance.stream("clients")
  }

  /** Makes the first users. */
  readonly found: Effect.Effect<void> = Effect.suspend(() => {
    const asked = ask({
      id: "found",
      actor: Actor.system,
      act: { _tag: "CreateUsers", users: founders(this.#settings.popugs) }
    })
    this.asked.push(asked)
    return perform(this.#world, this.#nodes, asked, this.#chance.stream("found"))
  })

  /** Somebody who is about to be put out works on all the same, for some twenty seconds. */
  #goesOn(id: string, name: string): Effect.Effect<void> {
    const chance = this.#chance.stream(`${name} goes on`)
    const { time } = this.#world
    return Effect.gen({ self: this }, function* () {
      for (let index = 1; index <= 20; index++) {
        const act = { _tag: "CreateTasks", tasks: [{ title: titleOf(`${name}-${index}`, 0) }] } as const
        const asked = ask({ id: `${name}-${index}`, actor: Actor.user(id), act })
        this.asked.push(asked)
        yield* Effect.forkDetach(perform(this.#world, this.#nodes, asked, chance.stream(index)))
        const wait = chance.between(100, 2_000)
        yield* time.sleepUntil(() => time.now + wait)
      }
    })
  }

  /** One command of the plan: chosen by what is known now, and sent until it is answered. */
  command(number: number): Effect.Effect<void> {
    const { apart, byHand, mischief, popugs } = this.#settings
    const chance = this.#chance.stream(number)
    return Effect.andThen(
      this.#view.refresh,
      Effect.suspend(() => {
        const name = `c${number}`
        const options = { popugs, byHand, mischief, apart }
        const choice = choose(this.#view, chance, name, options) ?? choose(this.#view, chance, name, options)
        if (choice === undefined) return Effect.void
        const asked = ask({ id: name, ...choice })
        this.asked.push(asked)
        const performed = perform(this.#world, this.#nodes, asked, chance)
        const { act } = choice
        if (!apart || act._tag !== "UpdateUser" || act.change.status !== "deactivated") return performed
        const { time } = this.#world
        const at = time.now + chance.between(500, 4_000)
        return Effect.andThen(
          Effect.forkDetach(this.#goesOn(act.change.id, name)),
          Effect.andThen(
            time.sleepUntil(() => at),
            performed
          )
        )
      })
    )
  }
}
