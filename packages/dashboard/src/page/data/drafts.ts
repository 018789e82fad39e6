/**
 * What was typed and not sent yet. It is kept for as long as the tab is open, under whoever typed it: an expired
 * session, a reload or a new version of the page loses none of it.
 */
import { useState } from "react"
import { signedIn } from "../session/session.ts"

const prefix = "popug.draft."
const keyOf = (name: string): string => `${prefix}${signedIn().id}.${name}`

const read = (key: string): unknown => {
  try {
    return JSON.parse(window.sessionStorage.getItem(key) ?? "null")
  } catch {
    return null
  }
}

/** A draft: what it is, what makes it something else, and what forgets it (nothing is left to send). */
export const useDraft = <A extends object>(
  name: string,
  empty: A
): readonly [A, (change: Partial<A>) => void, () => void] => {
  const [key] = useState(() => keyOf(name))
  const [draft, setDraft] = useState<A>(() => ({ ...empty, ...(read(key) as Partial<A> | null) }))
  const write = (change: Partial<A>) =>
    setDraft((before) => {
      const after = { ...before, ...change }
      window.sessionStorage.setItem(key, JSON.stringify(after))
      return after
    })
  const forget = () => {
    window.sessionStorage.removeItem(key)
    setDraft(empty)
  }
  return [draft, write, forget]
}

/** Forgets what was sent from a form that is not shown any more. */
export const forgetDraft = (name: string): void => window.sessionStorage.removeItem(keyOf(name))

/** Forgets all drafts, whoever typed them. */
export const forgetDrafts = (): void => {
  for (const key of Object.keys(window.sessionStorage)) {
    if (key.startsWith(prefix)) window.sessionStorage.removeItem(key)
  }
}
