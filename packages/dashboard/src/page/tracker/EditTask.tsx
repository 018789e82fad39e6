import { type FormEvent, useState } from "react"
import { Keys } from "../commands/Keys.tsx"
import { useDraft } from "../data/drafts.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { sendByKeys } from "./sendByKeys.ts"
import { editOf, TaskFields } from "./TaskFields.tsx"
import { edit, type Seen } from "./tasks.ts"

/**
 * What a task says, to be changed. What was typed is kept when it is refused, or when one looks elsewhere meanwhile.
 */
export const EditTask = ({ onDone, seen }: { readonly seen: Seen; readonly onDone: () => void }) => {
  const tell = useTexts()
  const { description, id, jiraId, title } = seen.task
  const [draft, write, forget] = useDraft(`task.${id}`, { title, description, jiraId: jiraId ?? "" })
  const [busy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const done = await edit(seen, editOf(draft))
    setBusy(false)
    if (!done) return
    forget()
    onDone()
  }
  const cancel = () => {
    forget()
    onDone()
  }
  return (
    <form
      className="panel-body edit"
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone()
        else sendByKeys(event)
      }}
    >
      <TaskFields typed={draft} type={write} />
      <div className="dialog-actions">
        <Button onClick={cancel}>{tell("action.cancel")}</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {tell("action.save")}
          <Keys keys="mod+Enter" />
        </Button>
      </div>
    </form>
  )
}
