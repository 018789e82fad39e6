/**
 * What a client asks for next: mostly what makes sense by what is known of the company, sometimes what must be refused.
 */
import { Actor } from "@popug/core"
import type { Chance } from "../world/Chance.ts"
import type { Act, Command, NewTask } from "./Command.ts"
import type { View } from "./View.ts"
import { editedTitle, nameOf, titleOf } from "./wording.ts"

/** Who does what: the actor, and what they ask for. */
type Choice = Pick<Command, "actor" | "act">

export interface ChoiceOptions {
  readonly popugs: number
  /** Whether periods are closed by hand. */
  readonly byHand: boolean
  /** Whether clients ask for what must be refused. */
  readonly mischief: boolean
  /** Whether contexts run apart: then more people come and go, of which the others hear later. */
  readonly apart: boolean
}

type Kind =
  | "create"
  | "batch"
  | "complete"
  | "edit"
  | "shuffle"
  | "assign"
  | "user"
  | "correct"
  | "end"
  | "close"
  | "bad"

/** How often each kind comes. */
const weights = (view: View, options: ChoiceOptions): Record<Kind, number> => ({
  create: 30,
  batch: 6,
  // The more is open, the more is finished.
  complete: 20 + Math.min(60, (view.open.size * 10) / options.popugs),
  edit: 5,
  // A company that lives in peace shuffles once a week.
  shuffle: options.mischief ? 2 + 12 / options.popugs : 0.4,
  assign: 4,
  user: (1 + 20 / options.popugs) * (options.apart ? 3 : 1),
  correct: 3,
  end: 1,
  close: options.byHand ? 8 : 0,
  bad: options.mischief ? 10 : 0
})

/** Chooses a command; undefined when there is nothing to do of the kind that was drawn. */
export const choose = (view: View, chance: Chance, name: string, options: ChoiceOptions): Choice | undefined => {
  const kind = chance.weighted(weights(view, options))
  const someone = (...roles: ReadonlyArray<string>) => by(chance.pick(view.with(...roles))?.id)
  const openTask = () => view.open.get(chance.pick([...view.open.keys()]) ?? "")
  switch (kind) {
    case "create":
      return ask(by(chance.pick([...view.users.keys()])), { _tag: "CreateTasks", tasks: [newTask(chance, name, 0)] })
    case "batch":
      return ask(someone("worker", "manager", "admin"), {
        _tag: "CreateTasks",
        tasks: Array.from({ length: chance.between(2, 6) }, (_, index) => newTask(chance, name, index))
      })
    case "complete": {
      const task = openTask()
      if (task === undefined || task.assignee === null) return undefined
      return ask(chance.hit(0.9) ? by(task.assignee) : someone("admin"), { _tag: "CompleteTask", id: task.id })
    }
    case "edit": {
      const task = openTask()
      if (task === undefined) return undefined
      const editor = task.assignee !== null && chance.hit(0.7) ? by(task.assignee) : someone("manager")
      return ask(editor, { _tag: "EditTask", edit: { id: task.id, title: editedTitle(name) } })
    }
    case "shuffle":
      // One person shuffles and others assign by hand, so that the log tells the two apart.
      return ask(by("admin"), { _tag: "Shuffle" })
    case "assign": {
      const task = openTask()
      const assignee = chance.pick(view.eligible())
      if (task === undefined || assignee === undefined) return undefined
      return ask(someone("manager"), { _tag: "AssignTask", id: task.id, assignee: assignee.id })
    }
    case "user":
      return ask(someone("admin"), userAct(view, chance, name))
    case "correct":
      return ask(someone("accountant"), {
        _tag: "Correct",
        transfer: chance.between(1, view.journal + 1),
        reason: `Asked for by ${name}`
      })
    case "end":
      return ask(someone("accountant"), { _tag: "EndRegistration", period: null })
    case "close": {
      const period = view.ended.find((ended) => !view.closed.has(ended))
      return period === undefined ? undefined : ask(someone("accountant"), { _tag: "ClosePeriod", period })
    }
    case "bad":
      return mischief(view, chance, name)
  }
}

const by = (id: string | undefined): Actor.Actor | undefined => (id === undefined ? undefined : Actor.user(id))

const ask = (actor: Actor.Actor | undefined, act: Act | undefined): Choice | undefined =>
  actor === undefined || act === undefined ? undefined : { actor, act }

const newTask = (chance: Chance, name: string, index: number): NewTask => ({
  ...(chance.hit(0.5) ? { id: `task-${name}-${index}` } : {}),
  title: titleOf(name, index),
  ...(chance.hit(0.3) ? { jiraId: `POP-${chance.between(1, 999)}` } : {}),
  ...(chance.hit(0.2) ? { description: "As told\nin two lines" } : {})
})

/** A new popug, or a change of one: renamed, promoted, put back to work, deactivated or taken back. */
const userAct = (view: View, chance: Chance, name: string): Act | undefined => {
  const user = chance.pick([...view.users.values()])
  if (user === undefined || chance.hit(0.2)) {
    return { _tag: "CreateUsers", users: [{ id: `popug-${name}`, name: nameOf(name), roles: ["worker"] }] }
  }
  const change = { id: user.id, name: nameOf(name) }
  // Somebody has to stay who can do what only they can.
  if (user.roles.some((role) => role === "admin" || role === "accountant")) return { _tag: "UpdateUser", change }
  const fate = chance.weighted({ rename: 1, promote: 2, demote: 2, deactivate: 4, return: 4 })
  switch (fate) {
    case "rename":
      return { _tag: "UpdateUser", change }
    case "promote":
      return { _tag: "UpdateUser", change: { ...change, roles: ["manager"] } }
    case "demote":
      return { _tag: "UpdateUser", change: { ...change, roles: ["worker", "friend"] } }
    case "deactivate":
      return { _tag: "UpdateUser", change: { ...change, status: "deactivated" } }
    case "return":
      return { _tag: "UpdateUser", change: { ...change, status: "active" } }
  }
}

/** What must be refused, as a rule; by luck it may be allowed. */
const mischief = (view: View, chance: Chance, name: string): Choice | undefined => {
  const anybody = by(chance.pick([...view.users.keys()]))
  const worker = by(chance.pick(view.with("worker"))?.id)
  const accountant = by(chance.pick(view.with("accountant"))?.id)
  const anyTask = chance.pick([...view.open.keys(), ...view.done])
  const acts: ReadonlyArray<() => Choice | undefined> = [
    () => ask(worker, { _tag: "Shuffle" }),
    () => ask(by("nobody"), { _tag: "CreateTasks", tasks: [newTask(chance, name, 0)] }),
    () => ask(anybody, { _tag: "CompleteTask", id: "no-such-task" }),
    () => ask(anybody, anyTask === undefined ? undefined : { _tag: "CompleteTask", id: anyTask }),
    () => ask(anybody, { _tag: "CreateTasks", tasks: [{ title: `[KEY-1] Task ${name}` }] }),
    () =>
      ask(anybody, anyTask === undefined ? undefined : { _tag: "CreateTasks", tasks: twice(chance, name, anyTask) }),
    () => ask(worker, { _tag: "UpdateUser", change: { id: "popug-1", name: nameOf(name) } }),
    () => ask(accountant, { _tag: "Correct", transfer: 1_000_000, reason: `Asked for by ${name}` }),
    () => ask(worker, { _tag: "Correct", transfer: 1, reason: `Asked for by ${name}` }),
    () => ask(accountant, { _tag: "EndRegistration", period: chance.pick(["2099-01-01", ...view.ended])! }),
    () => ask(accountant, { _tag: "ClosePeriod", period: chance.pick(["2099-01-01", ...view.ended])! }),
    () => ask(anybody, anyTask === undefined ? undefined : { _tag: "AssignTask", id: anyTask, assignee: "admin" })
  ]
  return chance.pick(acts)!()
}

/** A batch of which one is there already: none may be created. */
const twice = (chance: Chance, name: string, existing: string): ReadonlyArray<NewTask> => [
  newTask(chance, name, 0),
  { id: existing, title: titleOf(name, 1) }
]
