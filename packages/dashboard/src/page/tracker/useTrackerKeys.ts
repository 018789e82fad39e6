/**
 * What the keys do in the tracker: about the task that is open, or else the row that they have come to.
 */
import { useEffect, useMemo, useRef } from "react"
import { go, type Query, replace } from "../address/address.ts"
import { taskPath } from "../address/paths.ts"
import { type Command, useCommands } from "../commands/commands.ts"
import { type TextId, useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"
import { $cursor, $selected, selectNone, stepTo, toggle } from "./chosen.ts"
import { indexOf, type Listing, rowAt } from "./listing.ts"
import { mayAssign, mayComplete, mayEdit, mayShuffle } from "./may.ts"
import type { Task } from "./task.ts"
import { complete } from "./tasks.ts"

interface Doing {
  readonly listing: Listing | undefined
  readonly opened: string | undefined
  readonly query: Query
  readonly assign: (task: Task) => void
  readonly close: () => void
  readonly completeSelected: () => Promise<void>
  readonly create: () => void
  readonly edit: (task: Task) => void
  readonly shuffle: () => void
}

/** The task that keys are about. */
const current = ({ listing, opened }: Doing): Task | undefined => {
  const id = opened ?? $cursor.get()?.id
  return listing === undefined || id === undefined ? undefined : rowAt(listing, indexOf(listing, id))
}

/** To the row after, or before; the task that is open goes along. */
const step = (doing: Doing, by: number): void => {
  const { listing, opened, query } = doing
  if (listing === undefined || listing.count === 0) return
  const id = opened ?? $cursor.get()?.id
  const at = id === undefined ? -1 : indexOf(listing, id)
  const task = rowAt(listing, at < 0 ? 0 : Math.max(0, Math.min(at + by, listing.count - 1)))
  if (task === undefined) return
  stepTo(task.id)
  if (opened !== undefined) replace(taskPath(task.id), query)
}

const finish = (doing: Doing): void => {
  if ($selected.get().size > 0) return void doing.completeSelected()
  const task = current(doing)
  if (task === undefined || !mayComplete(signedIn(), task)) return
  // Where rows leave the list, the keys go on with the one after.
  if (doing.opened === undefined) step(doing, 1)
  void complete([task])
}

const leave = (doing: Doing): void => {
  if ($selected.get().size > 0) return selectNone()
  if (doing.opened === undefined) return
  doing.close()
  stepTo(doing.opened)
}

const withCurrent = (doing: Doing, isOffered: (task: Task) => boolean, run: (task: Task) => void): void => {
  const task = current(doing)
  if (task !== undefined && isOffered(task)) run(task)
}

const doings: ReadonlyArray<Omit<Command, "run" | "title"> & { title: TextId; run: (doing: Doing) => void }> = [
  { id: "task-new", title: "tasks.new", keys: "c", run: ({ create }) => create() },
  { id: "task-next", title: "tasks.next", keys: "j", repeats: true, run: (doing) => step(doing, 1) },
  { id: "task-previous", title: "tasks.previous", keys: "k", repeats: true, run: (doing) => step(doing, -1) },
  {
    id: "task-down",
    title: "tasks.next",
    keys: "ArrowDown",
    isAlias: true,
    repeats: true,
    run: (doing) => step(doing, 1)
  },
  {
    id: "task-up",
    title: "tasks.previous",
    keys: "ArrowUp",
    isAlias: true,
    repeats: true,
    run: (doing) => step(doing, -1)
  },
  { id: "task-select", title: "tasks.select", keys: "x", run: (doing) => withCurrent(doing, () => true, toggle) },
  {
    id: "task-open",
    title: "tasks.open",
    keys: "o",
    run: (doing) =>
      withCurrent(
        doing,
        () => true,
        ({ id }) => go(taskPath(id), doing.query)
      )
  },
  { id: "task-complete", title: "tasks.complete", keys: "d", run: finish },
  {
    id: "task-edit",
    title: "tasks.edit",
    keys: "e",
    run: (doing) => withCurrent(doing, (task) => mayEdit(signedIn(), task), doing.edit)
  },
  { id: "task-leave", title: "tasks.leave", keys: "Escape", run: leave }
]

const leads: typeof doings = [
  {
    id: "task-assign",
    title: "tasks.assign",
    keys: "a",
    run: (doing) => withCurrent(doing, (task) => mayAssign(signedIn(), task), doing.assign)
  },
  { id: "task-shuffle", title: "tasks.shuffle.all", run: ({ shuffle }) => shuffle() }
]

export const useTrackerKeys = (doing: Doing): void => {
  const tell = useTexts()
  const now = useRef(doing)
  useEffect(() => {
    now.current = doing
  })
  useCommands(
    useMemo(
      () =>
        [...doings, ...(mayShuffle(signedIn()) ? leads : [])].map(({ run, title, ...rest }): Command => ({
          ...rest,
          title: tell(title),
          run: () => run(now.current)
        })),
      [tell]
    )
  )
}
