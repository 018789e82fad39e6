import { isProblem } from "@popug/http/promises"
import { useState } from "react"
import { wordsOf } from "../data/problems.ts"
import { haveChanged } from "../data/queries.ts"
import { useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { useFormats } from "../ui/formats.ts"
import { notify } from "../ui/notices.tsx"

/** Ends the registration of days that are over; after a jump of the clock only when somebody says that it is right. */
export const EndRegistration = () => {
  const tell = useTexts()
  const formats = useFormats()
  const [jump, setJump] = useState<{ readonly from: string; readonly to: string; readonly days: number }>()
  const [isBusy, setBusy] = useState(false)
  const end = async (afterJump: boolean) => {
    setJump(undefined)
    setBusy(true)
    try {
      await popug.tasks.endRegistration({ payload: afterJump ? { afterJump } : {} })
      notify("done", tell("end.done"))
      haveChanged("company", "periods", "accounts")
    } catch (error) {
      if (isProblem(error, "ClockJumped")) setJump(error)
      else notify("refused", wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button disabled={isBusy} onClick={() => void end(false)}>
        {tell("end.end")}
      </Button>
      <Dialog title={tell("end.jump")} open={jump !== undefined} onClose={() => setJump(undefined)}>
        {jump !== undefined && (
          <p>{tell("end.jumped", { from: formats.day(jump.from), to: formats.day(jump.to), days: jump.days })}</p>
        )}
        <div className="dialog-actions">
          <Button onClick={() => setJump(undefined)}>{tell("action.cancel")}</Button>
          <Button look="grave" onClick={() => void end(true)}>
            {tell("end.right")}
          </Button>
        </div>
      </Dialog>
    </>
  )
}
