import { memo } from "react"
import { useTexts } from "../i18n/texts.ts"
import { hasRole, signedIn } from "../session/session.ts"
import { Face } from "../ui/Face.tsx"
import { Icon } from "../ui/Icon.tsx"
import type { Task } from "./taskList.ts"
import { complete } from "./tasks.ts"

export const TaskRow = memo(({ task }: { readonly task: Task }) => {
  const tell = useTexts()
  const me = signedIn()
  const isOpen = task.status !== "done"
  const mayComplete = isOpen && (task.assignee === me.id || hasRole(me, "admin"))
  return (
    <div className="task" data-done={!isOpen || undefined}>
      <button
        type="button"
        className="task-check"
        aria-label={`${tell(isOpen ? "tasks.complete" : "tasks.done")}: ${task.title}`}
        disabled={!mayComplete}
        onClick={() => void complete(task)}
      >
        <Icon name="check" />
      </button>
      <span className="task-title">{task.title}</span>
      {task.jiraId !== null && <span className="task-key soft small">{task.jiraId}</span>}
      <span className="task-who">
        {task.assignee === null ? (
          <span className="soft small">{tell("tasks.waiting")}</span>
        ) : (
          <>
            <Face id={task.assignee} name={task.assignee} />
            <span className="small">{task.assignee}</span>
          </>
        )}
      </span>
    </div>
  )
})
