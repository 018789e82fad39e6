import { memo, useEffect, useRef } from "react"
import type { Query } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { taskPath } from "../address/paths.ts"
import { useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"
import { useFormats } from "../ui/formats.ts"
import { Icon } from "../ui/Icon.tsx"
import { Named, Person } from "../ui/Person.tsx"
import { point, toggle } from "./chosen.ts"
import { madeAt } from "./madeAt.ts"
import { mayComplete } from "./may.ts"
import { isOpen, type Task } from "./task.ts"
import { complete } from "./tasks.ts"

interface Props {
  readonly task: Task
  /** The one above it, where that is known. */
  readonly above: Task | undefined
  /** Asks who gets it, for who may say. */
  readonly assign: ((task: Task) => void) | undefined
  /** What its assignee is called, where that is known. */
  readonly name: string | undefined
  /** The filters, which a link to the task keeps. */
  readonly query: Query
  readonly isSelected: boolean
  readonly isOpened: boolean
  /** Whether the keys are about this row. */
  readonly isCursor: boolean
  /** Grows when a key leads here: the focus is to be here then. */
  readonly step: number
}

export const TaskRow = memo(({ above, assign, isCursor, isOpened, isSelected, name, query, step, task }: Props) => {
  const tell = useTexts()
  const title = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    if (step > 0) title.current?.focus({ preventScroll: true })
  }, [step])
  return (
    <div
      className="task"
      data-done={!isOpen(task) || undefined}
      data-cursor={isCursor || undefined}
      data-selected={isSelected || undefined}
      data-opened={isOpened || undefined}
    >
      <input
        type="checkbox"
        className="task-select"
        tabIndex={-1}
        aria-label={`${tell("tasks.select")}: ${task.title}`}
        checked={isSelected}
        onChange={() => toggle(task)}
      />
      <Check task={task} />
      <Link
        ref={title}
        to={taskPath(task.id)}
        query={query}
        className="task-title"
        aria-current={isOpened || undefined}
        onFocus={() => point(task.id)}
      >
        <bdi>{task.title}</bdi>
      </Link>
      {task.description !== "" && (
        <span className="task-more soft" aria-hidden="true">
          <bdi>{task.description.slice(0, 240)}</bdi>
        </span>
      )}
      {task.jiraId !== null && <span className="task-key soft small">{task.jiraId}</span>}
      <Who task={task} name={name} assign={assign} />
      <Made id={task.id} above={above?.id} />
    </div>
  )
})

/** With whom it is; for who may give it to another, the way to do so. */
const Who = ({ assign, name, task }: Pick<Props, "assign" | "name" | "task">) => {
  const tell = useTexts()
  const who =
    task.assignee === null ? (
      <span className="soft">{tell("tasks.waiting")}</span>
    ) : (
      <Assignee id={task.assignee} name={name} />
    )
  return assign === undefined || !isOpen(task) ? (
    <span className="task-who small">{who}</span>
  ) : (
    <button
      type="button"
      className="task-who small"
      tabIndex={-1}
      title={tell("tasks.assign")}
      onClick={() => assign(task)}
    >
      {who}
    </button>
  )
}

/** When it was made: the first of a day has the day, the others of it the time. */
const Made = ({ above, id }: { readonly id: string; readonly above: string | undefined }) => {
  const formats = useFormats()
  const at = madeAt(id)
  if (at === undefined) return <span className="task-made" />
  const before = above === undefined ? undefined : madeAt(above)
  const day = formats.dayOf(at)
  return (
    <time className="task-made soft small" dateTime={at.toISOString()} title={formats.moment(at)}>
      {before !== undefined && formats.dayOf(before) === day ? (
        formats.clock(at)
      ) : (
        <span className="task-day">{day}</span>
      )}
    </time>
  )
}

const Assignee = ({ id, name }: { readonly id: string; readonly name: string | undefined }) =>
  name === undefined ? <Person id={id} /> : <Named id={id} name={name} />

/** Whether a task is done, and what makes it so. */
const Check = ({ task }: { readonly task: Task }) => {
  const tell = useTexts()
  return (
    <button
      type="button"
      className="task-check"
      data-done={!isOpen(task) || undefined}
      data-waits={task.assignee === null || undefined}
      aria-label={`${tell(isOpen(task) ? "tasks.complete" : "tasks.done")}: ${task.title}`}
      disabled={!mayComplete(signedIn(), task)}
      onClick={() => void complete([task])}
    >
      <Icon name="check" />
    </button>
  )
}
