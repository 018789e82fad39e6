import { useQuery } from "@tanstack/react-query"
import { companyQuery } from "../data/company.ts"
import { useHeld } from "../data/held.ts"
import { type Person as Known, useNames } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { getsTasks } from "../session/me.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { FindPerson } from "../ui/FindPerson.tsx"
import { notify } from "../ui/notices.tsx"
import type { Task } from "./task.ts"
import { assign } from "./tasks.ts"

interface Props {
  /** The task to assign; nothing is asked without one. */
  readonly task: Task | undefined
  readonly onClose: () => void
}

/** Who gets a task, by hand. */
export const AssignTask = ({ onClose, task }: Props) => {
  const tell = useTexts()
  const nameOf = useNames()
  const held = useHeld(task !== undefined)
  const byHand = useQuery(companyQuery).data?.assignmentByHand ?? true
  // Who can't get tasks by the usual rules comes last: a company may have others.
  const among = (people: ReadonlyArray<Known>) =>
    people
      .filter(({ id, status }) => status === "active" && id !== task?.assignee)
      .toSorted((a, b) => Number(getsTasks(b)) - Number(getsTasks(a)))
  const give = async (given: Task, id: string) => {
    const done = await assign(given, id)
    if (done) notify("done", tell("tasks.assigned", { name: nameOf(id) ?? id, title: given.title }))
  }
  return (
    <Dialog
      title={task === undefined ? "" : tell("tasks.assign.title", { title: task.title })}
      open={task !== undefined}
      onClose={onClose}
    >
      {byHand ? (
        <>
          <p className="soft small">{tell("tasks.assign.hint")}</p>
          <FindPerson
            label={tell("tasks.person")}
            none={tell("palette.none")}
            among={among}
            noteOf={held && ((id) => tell("tasks.count", { count: held(id) }))}
            choose={(id) => {
              onClose()
              if (task !== undefined) void give(task, id)
            }}
          />
        </>
      ) : (
        <p>{tell("tasks.assign.off")}</p>
      )}
    </Dialog>
  )
}
