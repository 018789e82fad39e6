/**
 * A task beside the list: what it says, who has it, what became of it.
 */
import { isProblem } from "@popug/http/promises"
import { useQuery } from "@tanstack/react-query"
import { Suspense, useEffect, useRef } from "react"
import { Keys } from "../commands/Keys.tsx"
import { useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Icon } from "../ui/Icon.tsx"
import { Person } from "../ui/Person.tsx"
import { useTitle } from "../ui/title.ts"
import { EditTask } from "./EditTask.tsx"
import { mayAssign, mayComplete, mayEdit } from "./may.ts"
import { isOpen, type Task } from "./task.ts"
import { TaskHistory } from "./TaskHistory.tsx"
import { seesMoney, TaskMoney } from "./TaskMoney.tsx"
import { complete, taskQuery } from "./tasks.ts"
import "./panel.css"

interface Props {
  readonly id: string
  readonly editing: boolean
  readonly edit: (editing: boolean) => void
  readonly assign: (task: Task) => void
  readonly close: () => void
}

export const TaskPanel = ({ assign, close, edit, editing, id }: Props) => {
  const tell = useTexts()
  const answer = useQuery(taskQuery(id))
  const panel = useRef<HTMLElement>(null)
  useTitle(answer.data?.task.title)
  useEffect(() => {
    // Whoever goes through the list by keys stays there.
    if (!document.activeElement?.closest(".tracker-rows")) panel.current?.focus({ preventScroll: true })
  }, [])
  return (
    <section ref={panel} className="panel" tabIndex={-1} aria-label={answer.data?.task.title ?? tell("state.loading")}>
      <header className="panel-head">
        <code className="soft small">{id}</code>
        <button type="button" className="close" aria-label={tell("action.close")} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {isProblem(answer.error, "TaskNotFound") || isProblem(answer.error, "NotAllowed") ? (
        <p className="panel-none soft">{tell("tasks.gone")}</p>
      ) : (
        <Answer to={answer}>
          {(seen) =>
            editing && mayEdit(signedIn(), seen.task) ? (
              <EditTask key={id} seen={seen} onDone={() => edit(false)} />
            ) : (
              <Whole task={seen.task} edit={() => edit(true)} assign={() => assign(seen.task)} />
            )
          }
        </Answer>
      )}
    </section>
  )
}

interface WholeProps {
  readonly task: Task
  readonly edit: () => void
  readonly assign: () => void
}

const Whole = ({ assign, edit, task }: WholeProps) => {
  const tell = useTexts()
  const me = signedIn()
  return (
    <div className="panel-body">
      <h2>
        <bdi>{task.title}</bdi>
      </h2>
      <div className="panel-actions">
        {mayComplete(me, task) && (
          <Button look="primary" onClick={() => void complete([task])}>
            {tell("tasks.complete")}
            <Keys keys="d" />
          </Button>
        )}
        {mayEdit(me, task) && (
          <Button onClick={edit}>
            {tell("tasks.edit")}
            <Keys keys="e" />
          </Button>
        )}
        {mayAssign(me, task) && (
          <Button onClick={assign}>
            {tell("tasks.assign")}
            <Keys keys="a" />
          </Button>
        )}
      </div>
      <Facts task={task} />
      {task.description !== "" && (
        <section>
          <h3>{tell("tasks.new.description")}</h3>
          <p className="panel-text">{task.description}</p>
        </section>
      )}
      {seesMoney(me, task) && (
        <Suspense>
          <TaskMoney task={task} />
        </Suspense>
      )}
      <Suspense>
        <TaskHistory id={task.id} />
      </Suspense>
    </div>
  )
}

/** What stands beside the words. */
const Facts = ({ task }: { readonly task: Task }) => {
  const tell = useTexts()
  return (
    <dl className="facts">
      <div>
        <dt>{tell("tasks.status")}</dt>
        <dd>
          <span className="status" data-done={!isOpen(task) || undefined}>
            {tell(isOpen(task) ? "tasks.status.open" : "tasks.status.done")}
          </span>
        </dd>
      </div>
      <div>
        <dt>{tell("tasks.assignee")}</dt>
        <dd>{task.assignee === null ? tell("tasks.waiting") : <Person id={task.assignee} />}</dd>
      </div>
      {task.jiraId !== null && (
        <div>
          <dt>{tell("tasks.jira")}</dt>
          <dd>
            <span className="task-key">{task.jiraId}</span>
          </dd>
        </div>
      )}
      <div>
        <dt>{tell("tasks.assignments")}</dt>
        <dd>{tell("tasks.assignments.times", { count: task.assignment })}</dd>
      </div>
    </dl>
  )
}
