import { useQuery } from "@tanstack/react-query"
import { companyQuery } from "../data/company.ts"
import { usePeople } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { Find } from "../ui/Find.tsx"
import { Person } from "../ui/Person.tsx"
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
  const people = usePeople()
  const byHand = useQuery(companyQuery).data?.assignmentByHand ?? true
  // Who can't get tasks by the usual rules comes last: a company may have others.
  const active = people
    .filter(({ status }) => status === "active")
    .toSorted((a, b) => Number(isLead(a.roles)) - Number(isLead(b.roles)) || a.name.localeCompare(b.name))
  return (
    <Dialog
      title={task === undefined ? "" : tell("tasks.assign.title", { title: task.title })}
      open={task !== undefined}
      onClose={onClose}
    >
      {byHand ? (
        <>
          <p className="soft small">{tell("tasks.assign.hint")}</p>
          <Find
            label={tell("tasks.person")}
            none={tell("palette.none")}
            options={active
              .filter(({ id }) => id !== task?.assignee)
              .map(({ id, name }) => ({ id, text: `${name} ${id}`, shown: <Person id={id} /> }))}
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

const isLead = (roles: ReadonlyArray<string>): boolean => roles.includes("manager") || roles.includes("admin")
