/**
 * Small traces made up from chance, with lines of every kind that a replay must skip, and what is to be said of each.
 */
import * as fc from "fast-check"

export interface Trace {
  readonly lines: ReadonlyArray<string>
  /** How many of the lines are commands that are done. */
  readonly commands: number
  /** The lines to be skipped: the number of each, and the tag of the reason. */
  readonly invalid: ReadonlyArray<readonly [line: number, tag: string]>
  readonly done: number
}

interface Known {
  readonly id: string
  readonly role: string
  active: boolean
}

const roles = ["worker", "worker", "worker", "accountant", "manager"]

/** A line's kind, what it picks among those there are, and how many minutes pass before it. */
interface Step {
  readonly kind: keyof typeof kinds
  readonly pick: number
  readonly minutes: number
}

/** What the trace says a company is, which is all that is needed to know what it must refuse. */
class Story {
  readonly lines: Array<string> = []
  readonly invalid: Array<readonly [number, string]> = []
  readonly users: Array<Known> = []
  readonly open: Array<string> = []
  readonly done: Array<string> = []
  commands = 0
  at = Date.parse("2024-02-27T21:00:00Z")

  good(actor: string, command: string, data?: unknown): void {
    this.commands += 1
    this.#write({ actor, command, data })
  }

  bad(tag: string, actor: string, command: string, data?: unknown, at?: string): void {
    this.raw(tag, JSON.stringify({ at: at ?? this.instant, actor, command, data }))
  }

  raw(tag: string, text: string): void {
    this.lines.push(text)
    this.invalid.push([this.lines.length, tag])
  }

  get instant(): string {
    return new Date(this.at).toISOString()
  }

  some(from: ReadonlyArray<Known>, pick: number): Known | undefined {
    return from.length === 0 ? undefined : from[pick % from.length]
  }

  active(pick: number): Known | undefined {
    return this.some(
      this.users.filter((user) => user.active),
      pick
    )
  }

  get anybody(): boolean {
    return this.users.some(({ active, role }) => active && role !== "manager")
  }

  #write(command: object): void {
    this.lines.push(JSON.stringify({ at: this.instant, ...command }))
  }
}

/** What each kind of line does; one that finds nothing to work on writes nothing. */
const kinds = {
  user: (story: Story, pick: number) => {
    const user = { id: `user ${story.users.length}`, role: roles[pick % roles.length]!, active: true }
    story.good("system", "user.create", { id: user.id, name: `Popug ${pick}`, roles: [user.role] })
    story.users.push(user)
  },
  task: (story: Story, pick: number) => {
    const id = `T/${story.open.length + story.done.length}`
    const data = { id, title: `Mend the roof ${pick} 🦜`, description: "soon,\nplease" }
    story.good(story.active(pick)?.id ?? "system", "task.create", data)
    story.open.push(id)
  },
  done: (story: Story, pick: number) => {
    if (story.open.length === 0) return
    const index = pick % story.open.length
    const data = { id: story.open[index], status: "done" }
    if (!story.anybody) return story.bad("NotAssignee", "assignee", "task.update", data)
    story.good("assignee", "task.update", data)
    story.done.push(...story.open.splice(index, 1))
  },
  shuffle: (story: Story, pick: number) => {
    const user = story.active(pick)
    if (user === undefined) return story.good("system", "task.assign")
    if (user.role === "manager") story.good(user.id, "task.assign", {})
    else story.bad("NotAllowed", user.id, "task.assign", {})
  },
  toggle: (story: Story, pick: number) => {
    const user = story.some(story.users, pick)
    if (user === undefined) return
    user.active = !user.active
    story.good("system", "user.update", { id: user.id, status: user.active ? "active" : "deactivated" })
  },
  blank: (story: Story) => void story.lines.push("  "),
  brokenJson: (story: Story) => story.raw("BrokenJson", `{"at": "${story.instant}", "actor": `),
  notAnObject: (story: Story) => story.raw("InvalidInput", `["task.assign"]`),
  unknownCommand: (story: Story) => story.bad("UnknownCommand", "system", "task.delete", {}),
  badTime: (story: Story) => story.bad("InvalidInput", "system", "task.assign", {}, "yesterday"),
  noSuchDate: (story: Story) => story.bad("InvalidInput", "system", "task.assign", {}, "2024-02-30T00:00:00Z"),
  noZone: (story: Story) => story.bad("InvalidInput", "system", "task.assign", {}, "2024-02-28T00:00:00"),
  timeBack: (story: Story) => {
    if (story.commands === 0) return
    story.bad("TimeWentBack", "system", "task.assign", {}, "2024-02-27T20:59:59.999Z")
  },
  farAhead: (story: Story) => story.bad("UnknownActor", "nobody", "task.assign", {}, "2999-01-01T00:00:00Z"),
  stranger: (story: Story) => story.bad("UnknownActor", "nobody", "task.create", { id: "x", title: "x" }),
  unknownTask: (story: Story) => story.bad("TaskNotFound", "assignee", "task.update", { id: "none", status: "done" }),
  unknownUser: (story: Story) => story.bad("UserNotFound", "system", "user.update", { id: "none", status: "active" }),
  twice: (story: Story, pick: number) => {
    if (story.done.length === 0) return
    const data = { id: story.done[pick % story.done.length], status: "done" }
    story.bad("TaskAlreadyDone", "assignee", "task.update", data)
  },
  notDone: (story: Story) => story.bad("InvalidInput", "assignee", "task.update", { id: "T/0", status: "open" }),
  deactivated: (story: Story, pick: number) => {
    const gone = story.some(
      story.users.filter((user) => !user.active),
      pick
    )
    if (gone !== undefined) story.bad("DeactivatedActor", gone.id, "task.create", { id: "y", title: "y" })
  },
  badTitle: (story: Story) => story.bad("InvalidInput", "system", "task.create", { id: "k", title: "[KEY-1] k" }),
  noTitle: (story: Story) => story.bad("InvalidInput", "system", "task.create", { id: "k" }),
  noRoles: (story: Story) => story.bad("InvalidInput", "system", "user.create", { id: "r", name: "R", roles: [] }),
  reserved: (story: Story) =>
    story.bad("InvalidInput", "system", "user.create", { id: "assignee", name: "A", roles: ["worker"] }),
  sameUser: (story: Story, pick: number) => {
    const user = story.some(story.users, pick)
    if (user === undefined) return
    story.bad("UserAlreadyExists", "system", "user.create", { id: user.id, name: "Again", roles: ["worker"] })
  },
  sameTask: (story: Story) => {
    const [id] = [...story.done, ...story.open]
    if (id !== undefined) story.bad("TaskAlreadyExists", "system", "task.create", { id, title: "Again" })
  }
}

const names = Object.keys(kinds) as ReadonlyArray<keyof typeof kinds>
const useful: ReadonlyArray<keyof typeof kinds> = ["user", "task", "task", "done", "shuffle", "toggle"]

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...useful) },
    { weight: 1, arbitrary: fc.constantFrom(...names) }
  ),
  pick: fc.nat(1000),
  // Now and then nothing happens for days.
  minutes: fc.oneof(
    { weight: 5, arbitrary: fc.nat(400) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 12_000 }) }
  )
})

const tell = (steps: ReadonlyArray<Step>): Trace => {
  const story = new Story()
  for (const { kind, minutes, pick } of steps) {
    // A line that is skipped takes no time.
    if (useful.includes(kind)) story.at += minutes * 60_000
    kinds[kind](story, pick)
  }
  const { commands, done, invalid, lines } = story
  return { lines, commands, invalid, done: done.length }
}

/** Traces that shrink to what matters. */
export const trace = (most: number): fc.Arbitrary<Trace> => fc.array(step, { maxLength: most }).map(tell)

/** A trace of so many steps that has every kind of line. */
export const example = (steps: number, seed: number): Trace =>
  tell([
    ...fc.sample(fc.array(step, { minLength: steps, maxLength: steps }), { numRuns: 1, seed })[0]!,
    ...names.map((kind, pick) => ({ kind, pick, minutes: 1 }))
  ])
