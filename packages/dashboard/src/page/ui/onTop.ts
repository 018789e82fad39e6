import { useEffect, useRef } from "react"

/**
 * Keeps an element (`popover="manual"`) above whatever dialog is open: a dialog is above everything that was there
 * before it, so the element is raised again whenever it says something else. What is nothing is not raised.
 */
export const useOnTop = (says: unknown) => {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const { current } = element
    if (current?.matches(":popover-open") === true) current.hidePopover()
    if (says !== undefined) current?.showPopover()
  }, [says])
  return element
}
