/**
 * New tasks: one, or many pasted as lines. What was typed is kept until it is created; that the dialog is open is in
 * the address, so a session that has to begin again comes back to it.
 */
import { type FormEvent, useState } from "react"
import { Keys } from "../commands/Keys.tsx"
import { useDraft } from "../data/drafts.ts"
import { freshKey } from "../data/freshKey.ts"
import { wordsOf } from "../data/problems.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { notify } from "../ui/notices.tsx"
import { Refused } from "../ui/Refused.tsx"
import { CreateMany, emptyMany } from "./CreateMany.tsx"
import { sendByKeys } from "./sendByKeys.ts"
import { editOf, TaskFields } from "./TaskFields.tsx"
import { create } from "./tasks.ts"
import "../ui/choice.css"

export type Creating = "one" | "many"

interface Props {
  readonly creating: Creating | undefined
  /** Another form, or none. */
  readonly onChange: (creating: Creating | undefined) => void
}

export const CreateTask = ({ creating, onChange }: Props) => {
  const tell = useTexts()
  return (
    <Dialog title={tell("tasks.new")} open={creating !== undefined} onClose={() => onChange(undefined)}>
      <div className="choice" role="group" aria-label={tell("tasks.new")}>
        <button type="button" aria-pressed={creating === "one"} onClick={() => onChange("one")}>
          {tell("tasks.new.one")}
        </button>
        <button type="button" aria-pressed={creating === "many"} onClick={() => onChange("many")}>
          {tell("tasks.new.many")}
        </button>
      </div>
      {creating === "many" ? (
        <CreateMany onDone={() => onChange(undefined)} />
      ) : (
        <CreateOne onDone={() => onChange(undefined)} onMany={() => onChange("many")} />
      )}
    </Dialog>
  )
}

/** A key is of what it was sent with: what is typed after that is another command. */
const empty = { title: "", description: "", jiraId: "", key: "" }

const CreateOne = ({ onDone, onMany }: { readonly onDone: () => void; readonly onMany: () => void }) => {
  const tell = useTexts()
  const [draft, write, forget] = useDraft("task", empty)
  const [, writeMany] = useDraft("tasks", emptyMany)
  const [refusal, setRefusal] = useState("")
  const [more, setMore] = useState(false)
  const [busy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    const key = draft.key || freshKey()
    write({ key })
    setBusy(true)
    try {
      const { assignee, title } = await create({ key, ...editOf(draft) })
      forget()
      setRefusal("")
      notify("done", tell(assignee === null ? "tasks.created.waiting" : "tasks.created", { title }))
      if (!more) onDone()
    } catch (error) {
      setRefusal(wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={send} onKeyDown={sendByKeys}>
      <TaskFields
        typed={draft}
        type={(change) => write({ ...change, key: "" })}
        onPaste={(event) => {
          const text = event.clipboardData.getData("text/plain").trim()
          if (!/[\r\n]/u.test(text)) return
          event.preventDefault()
          writeMany({ ...emptyMany, text })
          onMany()
        }}
      />
      <p className="soft small">{tell("tasks.new.hint")}</p>
      <Refused>{refusal}</Refused>
      <div className="dialog-actions">
        <label className="create-more">
          <input type="checkbox" checked={more} onChange={(event) => setMore(event.target.checked)} />
          {tell("tasks.new.more")}
        </label>
        <Button type="submit" look="primary" disabled={busy}>
          {tell("tasks.new.create")}
          <Keys keys="mod+Enter" />
        </Button>
      </div>
    </form>
  )
}
