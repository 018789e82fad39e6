import { useQuery } from "@tanstack/react-query"
import { companyQuery } from "../data/company.ts"
import type { Person as Known } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { getsTasks } from "../session/me.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { FindPerson } from "../ui/FindPerson.tsx"
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
  const byHand = useQuery(companyQuery).data?.assignmentByHand ?? true
  // Who can't get tasks by the usual rules comes last: a company may have others.
  const among = (people: ReadonlyArray<Known>) =>
    people
      .filter(({ id, status }) => status === "active" && id !== task?.assignee)
      .toSorted((a, b) => Number(getsTasks(b)) - Number(getsTasks(a)))
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
            choose={(id) => {
              onClose()
              if (task !== undefined) void assign(task, id)
            }}
          />
        </>
      ) : (
        <p>{tell("tasks.assign.off")}</p>
      )}
    </Dialog>
  )
}
