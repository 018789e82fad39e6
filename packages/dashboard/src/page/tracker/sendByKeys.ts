import type { KeyboardEvent } from "react"

/** Sends a form by its keys from wherever one types. */
export const sendByKeys = (event: KeyboardEvent<HTMLFormElement>): void => {
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
    event.preventDefault()
    if (!event.repeat) event.currentTarget.requestSubmit()
  }
}
