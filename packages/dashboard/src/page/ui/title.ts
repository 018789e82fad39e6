/**
 * The title of the document: what is being looked at, then where.
 */
import { useEffect } from "react"
import { isolated } from "../i18n/isolated.ts"

/** Titles the document for as long as the component is shown; the innermost one that says something counts. */
export const useTitle = (text: string | undefined): void =>
  useEffect(() => {
    if (text === undefined) return undefined
    const before = document.title
    document.title = text === "popug" ? text : `${isolated(text)} · popug`
    return () => {
      document.title = before
    }
  }, [text])
