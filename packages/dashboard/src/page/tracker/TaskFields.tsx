import type { ClipboardEvent } from "react"
import { useTexts } from "../i18n/texts.ts"
import type { Task } from "./task.ts"

export interface Typed {
  readonly title: string
  readonly description: string
  readonly jiraId: string
}

interface Props {
  readonly typed: Typed
  readonly type: (change: Partial<Typed>) => void
  readonly onPaste?: (event: ClipboardEvent<HTMLTextAreaElement>) => void
}

/** What a task says. */
export const TaskFields = ({ onPaste, type, typed: { description, jiraId, title } }: Props) => {
  const tell = useTexts()
  return (
    <>
      <label>
        {tell("tasks.new.title")}
        <textarea
          className="field title-field"
          autoFocus
          data-first=""
          required
          rows={1}
          maxLength={500}
          value={title}
          onPaste={onPaste}
          // One line, however it is shown: Enter sends.
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.metaKey || event.ctrlKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            if (!event.repeat) event.currentTarget.form?.requestSubmit()
          }}
          onChange={(event) => type({ title: event.target.value.replaceAll(/[\r\n]+/gu, " ") })}
        />
      </label>
      <label>
        {tell("tasks.new.description")}
        <textarea
          className="field"
          rows={5}
          maxLength={20_000}
          value={description}
          onChange={(event) => type({ description: event.target.value })}
        />
      </label>
      <label>
        {tell("tasks.jira")}
        <input
          className="field"
          pattern="\s*[A-Za-z][A-Za-z0-9_]*-[0-9]+\s*"
          title={tell("tasks.jira.hint")}
          placeholder="POPUG-17"
          value={jiraId}
          onChange={(event) => type({ jiraId: event.target.value })}
        />
      </label>
    </>
  )
}

/** What a task says, as it is typed. */
export const typedOf = ({ description, jiraId, title }: Pick<Task, "description" | "jiraId" | "title">): Typed => ({
  title,
  description,
  jiraId: jiraId ?? ""
})

/** What is sent of what was typed. */
export const editOf = ({ description, jiraId, title }: Typed) => ({
  title,
  description,
  jiraId: jiraId.trim() || null
})
