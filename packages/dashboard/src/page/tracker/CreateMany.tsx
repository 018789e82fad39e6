/**
 * Many tasks out of pasted lines, shown as they will be.
 */
import { type FormEvent, useDeferredValue, useMemo, useState } from "react"
import { Keys } from "../commands/Keys.tsx"
import { useDraft } from "../data/drafts.ts"
import { freshKey } from "../data/freshKey.ts"
import { wordsOf } from "../data/problems.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { notify } from "../ui/notices.tsx"
import { Refused } from "../ui/Refused.tsx"
import { type Pasted, pasted, withoutFirst } from "./pasted.ts"
import { sendByKeys } from "./sendByKeys.ts"
import { createMany } from "./tasks.ts"

/** Lines that are not sent yet; under a key those of before were, so many batches of them. */
export const emptyMany = { text: "", key: "", from: 0 }

/** So many are enough to see whether they were understood. */
const shownAtMost = 50

export const CreateMany = ({ onDone }: { readonly onDone: () => void }) => {
  const tell = useTexts()
  const [draft, write, forget] = useDraft("tasks", emptyMany)
  const [refusal, setRefusal] = useState("")
  const [sending, setSending] = useState<{ readonly count: number; readonly total: number }>()
  const text = useDeferredValue(draft.text)
  const found = useMemo(() => pasted(text), [text])
  const { bad, tasks } = found
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (sending !== undefined || tasks.length === 0 || bad.length > 0) return
    const key = draft.key || freshKey()
    write({ key })
    setSending({ count: 0, total: tasks.length })
    let done = 0
    try {
      await createMany({ key, from: draft.from, tasks }, (count, from) => {
        done = count
        setSending({ count, total: tasks.length })
        // What is there is not created again, whatever becomes of the rest, and of its lines.
        write({ text: withoutFirst(draft.text, count), from })
      })
      forget()
      notify("done", tell("tasks.created.many", { count: tasks.length }))
      onDone()
    } catch (error) {
      if (done > 0) notify("done", tell("tasks.created.many", { count: done }))
      setRefusal(wordsOf(error))
    } finally {
      setSending(undefined)
    }
  }
  return (
    <form onSubmit={send} onKeyDown={sendByKeys}>
      <label>
        {tell("tasks.new.lines")}
        <textarea
          className="field"
          autoFocus
          data-first=""
          rows={8}
          value={draft.text}
          placeholder={tell("tasks.new.lines.example")}
          onChange={(event) => write({ ...emptyMany, text: event.target.value })}
        />
      </label>
      <Preview found={found} />
      <Refused>{refusal}</Refused>
      <div className="dialog-actions">
        {sending !== undefined && sending.total > 1_000 && (
          <progress max={sending.total} value={sending.count} aria-label={tell("tasks.new.create")} />
        )}
        <Button type="submit" look="primary" disabled={sending !== undefined || tasks.length === 0 || bad.length > 0}>
          {tell("tasks.new.create.many", { count: tasks.length })}
          <Keys keys="mod+Enter" />
        </Button>
      </div>
    </form>
  )
}

const Preview = ({ found: { bad, tasks } }: { readonly found: Pasted }) => {
  const tell = useTexts()
  return (
    <div role="status" className="pasted">
      {bad.map(({ line, why }) => (
        <p key={line} className="refused">
          {tell(`tasks.new.bad.${why}`, { line })}
        </p>
      ))}
      {tasks.length > 0 && (
        <>
          <h3 className="small soft">{tell("tasks.new.preview", { count: tasks.length })}</h3>
          <ol>
            {tasks.slice(0, shownAtMost).map(({ jiraId, title }, at) => (
              // oxlint-disable-next-line react/no-array-index-key
              <li key={at}>
                <bdi>{title}</bdi>
                {jiraId !== null && <span className="task-key soft small">{jiraId}</span>}
              </li>
            ))}
          </ol>
          {tasks.length > shownAtMost && (
            <p className="small soft">{tell("tasks.new.rest", { count: tasks.length - shownAtMost })}</p>
          )}
        </>
      )}
    </div>
  )
}
