/**
 * Tasks that went from whoever looks to somebody else: they are not told which, so their lists are asked for again, and
 * they read what is with them no more.
 */
import { haveChanged, queries } from "../data/queries.ts"
import { tell } from "../i18n/texts.ts"
import { seesTasks } from "../session/me.ts"
import { $session } from "../session/session.ts"
import { notify } from "../ui/notices.tsx"
import { ask, known } from "./list.ts"
import { partSize } from "./listing.ts"
import type { Task } from "./task.ts"

/** Rows that were there before it was asked and still are, and that the answer lacks. */
const goneFrom = (
  before: ReadonlyArray<Task>,
  now: ReadonlyArray<Task>,
  answer: ReadonlyArray<Task>
): ReadonlyArray<Task> => {
  const still = new Set(now.map(({ id }) => id))
  const there = new Set(answer.map(({ id }) => id))
  return before.filter(({ id }) => still.has(id) && !there.has(id))
}

const look = async (me: string): Promise<void> => {
  for (const order of ["newest", "oldest"] as const) {
    const filter = { assignee: me, status: "in progress", search: "", order } as const
    const rows = () => {
      const { complete, parts } = known(queries, filter)
      return complete ? parts.flatMap((part) => part.rows ?? []) : []
    }
    const before = rows()
    // Of a long list one can't tell what is gone and what is out of sight.
    if (before.length === 0 || before.length > partSize) continue
    const { data, nextCursor } = await ask(filter, null)
    const gone = nextCursor === null ? goneFrom(before, rows(), data) : []
    const [first] = gone
    if (first !== undefined) notify("told", tell("tasks.taken", { count: gone.length, title: first.title }))
    return
  }
}

/** Has the lists asked for again, and says what is gone. */
export const lookWhatWent = (): void => {
  const now = $session.get()
  if (now.at !== "signed in" || seesTasks(now.me)) return
  void look(now.me.id)
    // That the server is away is told elsewhere, and all is asked again when it is back.
    .catch(() => undefined)
    .then(() => haveChanged("tasks"))
}
