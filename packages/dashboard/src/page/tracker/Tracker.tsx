/**
 * The tasks: one's own, or everybody's for who may see them; one of them beside the list.
 */
import { useStore } from "@nanostores/react"
import { useMemo, useState } from "react"
import { $address, filter as setFilter, go, partOf } from "../address/address.ts"
import { taskPath } from "../address/paths.ts"
import { onTaken } from "../data/live.ts"
import { useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { AssignTask } from "./AssignTask.tsx"
import { $selected, selectNone } from "./chosen.ts"
import { CreateTask, type Creating } from "./CreateTask.tsx"
import { filterOf } from "./filter.ts"
import { useList } from "./list.ts"
import { mayComplete, mayShuffle } from "./may.ts"
import { NoTasks } from "./NoTasks.tsx"
import { Selected } from "./Selected.tsx"
import { Shuffle } from "./Shuffle.tsx"
import { lookWhatWent } from "./taken.ts"
import type { Task } from "./task.ts"
import { TaskPanel } from "./TaskPanel.tsx"
import { TaskRows } from "./TaskRows.tsx"
import { complete } from "./tasks.ts"
import { TrackerHead } from "./TrackerHead.tsx"
import "./tracker.css"
import { useTrackerKeys } from "./useTrackerKeys.ts"

onTaken(lookWhatWent)

const openedIn = (path: string): string | undefined => {
  const [, id] = /^\/tasks\/([^/]+)$/u.exec(path) ?? []
  return partOf(id)
}

/** Those that whoever is signed in may complete, all at once; what was refused stays selected. */
const completeSelected = async (): Promise<void> => {
  const tasks = [...$selected.get().values()].filter((task) => mayComplete(signedIn(), task))
  if (tasks.length > 0 && (await complete(tasks))) selectNone()
}

const Tracker = () => {
  const tell = useTexts()
  const me = signedIn()
  const { path, query } = useStore($address)
  const opened = openedIn(path)
  const text = query.toString()
  const filter = useMemo(() => filterOf(new URLSearchParams(text), me), [text, me])
  const kept = useMemo(() => {
    const { edit: _, new: __, ...rest } = Object.fromEntries(new URLSearchParams(text))
    return rest
  }, [text])
  const { answer, see } = useList(filter)
  const [assigning, setAssigning] = useState<Task | undefined>(undefined)
  const [shuffling, setShuffling] = useState(false)
  const creating = query.get("new")
  const create = (next: Creating | undefined) => setFilter({ new: next })
  const edit = (editing: boolean) => setFilter({ edit: editing ? "yes" : "" })
  const close = () => go("/tasks", kept)
  useTrackerKeys({
    listing: answer.data,
    opened,
    query: kept,
    assign: setAssigning,
    close,
    completeSelected,
    create: () => create("one"),
    edit: (task) => go(taskPath(task.id), { ...kept, edit: "yes" }),
    shuffle: () => setShuffling(true)
  })
  return (
    <section className="tracker" data-opened={opened !== undefined || undefined}>
      <div className="tracker-list">
        <TrackerHead
          filter={filter}
          listed={answer.data?.complete === true ? answer.data.count : undefined}
          create={() => create("one")}
          shuffle={() => setShuffling(true)}
        />
        <Answer to={answer} shape="rows">
          {(listing) => (
            <TaskRows
              key={JSON.stringify(filter)}
              listing={listing}
              see={see}
              query={kept}
              opened={opened}
              own={filter.assignee !== ""}
              assign={mayShuffle(me) ? setAssigning : undefined}
              none={<NoTasks filter={filter} create={() => create("one")} />}
            />
          )}
        </Answer>
        <Selected complete={() => void completeSelected()} />
      </div>
      {opened !== undefined && (
        <TaskPanel id={opened} editing={query.get("edit") === "yes"} edit={edit} assign={setAssigning} close={close} />
      )}
      <CreateTask creating={creating === "one" || creating === "many" ? creating : undefined} onChange={create} />
      <AssignTask task={assigning} onClose={() => setAssigning(undefined)} />
      <Shuffle open={shuffling} onClose={() => setShuffling(false)} />
      <p className="unseen" role="status">
        {answer.data?.complete === true ? tell("tasks.count", { count: answer.data.count }) : ""}
      </p>
    </section>
  )
}

export default Tracker
