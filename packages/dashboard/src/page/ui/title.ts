/**
 * The title of the document: what is being looked at, then where.
 */
import { useStore } from "@nanostores/react"
import { useEffect } from "react"
import { isolated } from "../i18n/isolated.ts"
import { $which } from "../session/which.ts"

/** Of many companies each is told from the others by their windows' titles. */
const titleOf = (text: string, company: string | undefined): string =>
  [...(text === "popug" ? [] : [isolated(text)]), ...(company === undefined ? [] : [company]), "popug"].join(" · ")

/** Titles the document for as long as the component is shown; the innermost one that says something counts. */
export const useTitle = (text: string | undefined): void => {
  const company = useStore($which)
  useEffect(() => {
    if (text === undefined) return undefined
    const before = document.title
    document.title = titleOf(text, company)
    return () => {
      document.title = before
    }
  }, [text, company])
}
