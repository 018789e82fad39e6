import { type ReactNode, useEffect, useId, useRef } from "react"
import "./dialog.css"

interface Props {
  readonly title: string
  readonly open: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}

/**
 * A dialog of the browser's own: it holds the focus, everything behind it is out of reach, and Escape closes it. It
 * begins with the field that is marked with `data-first`.
 */
export const Dialog = ({ children, onClose, open, title }: Props) => {
  const element = useRef<HTMLDialogElement>(null)
  const label = useId()
  useEffect(() => {
    if (open) {
      element.current?.showModal()
      element.current?.querySelector<HTMLElement>("[data-first]")?.focus()
    } else element.current?.close()
  }, [open])
  return (
    <dialog ref={element} className="dialog" aria-labelledby={label} onClose={onClose} closedby="any">
      {open && (
        <>
          <h2 id={label}>{title}</h2>
          {children}
        </>
      )}
    </dialog>
  )
}
