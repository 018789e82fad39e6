import { type ReactNode, useEffect, useId, useRef } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Icon } from "./Icon.tsx"
import "./dialog.css"

interface Props {
  readonly title: string
  readonly open: boolean
  readonly onClose: () => void
  /** A field and what it finds need no title that is seen. */
  readonly look?: "usual" | "find"
  readonly children: ReactNode
}

/**
 * A dialog of the browser's own: it holds the focus, everything behind it is out of reach, and Escape closes it. It
 * begins with the field that is marked with `data-first`, or else with the first that there is.
 */
export const Dialog = ({ children, look = "usual", onClose, open, title }: Props) => {
  const tell = useTexts()
  const element = useRef<HTMLDialogElement>(null)
  const label = useId()
  useEffect(() => {
    if (open) {
      element.current?.showModal()
      element.current?.querySelector<HTMLElement>("[data-first]")?.focus()
    } else element.current?.close()
  }, [open])
  return (
    <dialog ref={element} className="dialog" data-look={look} aria-labelledby={label} onClose={onClose} closedby="any">
      {open && (
        <>
          <h2 id={label} className={look === "find" ? "unseen" : undefined}>
            {title}
          </h2>
          {children}
          {look === "usual" && (
            <button type="button" className="close" aria-label={tell("action.close")} onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </>
      )}
    </dialog>
  )
}
