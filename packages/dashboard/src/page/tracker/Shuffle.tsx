/**
 * A shuffle is asked about before it is done: others pay for it.
 */
import { useState } from "react"
import { changedSoon } from "../data/live.ts"
import { wordsOf } from "../data/problems.ts"
import { queries } from "../data/queries.ts"
import { useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { notify } from "../ui/notices.tsx"

export const Shuffle = ({ onClose, open }: { readonly open: boolean; readonly onClose: () => void }) => {
  const tell = useTexts()
  const [busy, setBusy] = useState(false)
  const shuffle = async () => {
    setBusy(true)
    try {
      const { open: all, reassigned } = await popug.tasks.shuffle()
      notify("done", tell("tasks.shuffled", { open: all, reassigned }))
      void queries.invalidateQueries({ queryKey: ["tasks"] })
      changedSoon("accounts", "periods")
      onClose()
    } catch (error) {
      notify("refused", wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog title={tell("tasks.shuffle.title")} open={open} onClose={onClose}>
      <p>{tell("tasks.shuffle.hint")}</p>
      <div className="dialog-actions">
        <Button onClick={onClose}>{tell("action.cancel")}</Button>
        <Button look="primary" disabled={busy} onClick={() => void shuffle()}>
          {tell("tasks.shuffle")}
        </Button>
      </div>
    </Dialog>
  )
}
