/**
 * A filter that is chosen in a dialog: what it is set to, and what takes that back.
 */
import { type ReactNode, useState } from "react"
import { narrow } from "../address/address.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "./Button.tsx"
import "./chosen.css"
import { Dialog } from "./Dialog.tsx"

interface Props {
  /** The name of the filter in the address. */
  readonly name: string
  /** What is asked in the dialog. */
  readonly title: string
  /** What it says when nothing is chosen. */
  readonly any: string
  readonly chosen: ReactNode
  /** What one chooses by. */
  readonly children: (choose: (value: string) => void) => ReactNode
}

export const Chosen = ({ any, children, chosen, name, title }: Props) => {
  const tell = useTexts()
  const [open, setOpen] = useState(false)
  const set = (value: string | undefined) => {
    setOpen(false)
    narrow({ [name]: value })
  }
  return (
    <span className="chosen not-on-paper">
      <Button look="plain" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span className="unseen">{title}: </span>
        {chosen ?? any}
      </Button>
      {chosen !== null && (
        <button type="button" className="chosen-none" aria-label={tell("filter.none")} onClick={() => set(undefined)}>
          ×
        </button>
      )}
      <Dialog title={title} look="find" open={open} onClose={() => setOpen(false)}>
        {children(set)}
      </Dialog>
    </span>
  )
}
