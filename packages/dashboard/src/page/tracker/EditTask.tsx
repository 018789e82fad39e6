import { type FormEvent, useState } from "react"
import { Keys } from "../commands/Keys.tsx"
import { useDraft } from "../data/drafts.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { sendByKeys } from "./sendByKeys.ts"
import { editOf, TaskFields, typedOf } from "./TaskFields.tsx"
import { edit, type Seen } from "./tasks.ts"

/**
 * What a task says, to be changed. What was typed is kept when it is refused, or when one looks elsewhere meanwhile;
 * with it is kept what it was typed over, since others may change the task until it is sent.
 */
export const EditTask = ({ onDone, seen }: { readonly seen: Seen; readonly onDone: () => void }) => {
  const tell = useTexts()
  const began = typedOf(seen.task)
  const [{ etag, was, ...typed }, write, forget] = useDraft(`task.${seen.task.id}`, {
    ...began,
    was: began,
    etag: seen.etag
  })
  const [busy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    const left = await edit(seen.task, { was: editOf(was), etag }, editOf(typed))
    setBusy(false)
    if (left === undefined) return
    if (left === "done") {
      forget()
      onDone()
    } else write({ ...typedOf(left.typed), was: typedOf(left.was), etag: left.etag })
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
      <TaskFields typed={typed} type={write} />
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
