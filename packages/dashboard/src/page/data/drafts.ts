/**
 * What was typed and not sent yet. It is kept for as long as the tab is open, under whoever typed it: an expired
 * session, a reload or a new version of the page loses none of it.
 */
import { useRef, useState } from "react"
import { inTab } from "../browser/kept.ts"
import { signedIn } from "../session/session.ts"

const prefix = "popug.draft."
const keyOf = (name: string): string => `${prefix}${signedIn().id}.${name}`

const read = (key: string): unknown => {
  try {
    return JSON.parse(inTab.get(key) ?? "null")
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
  // Whoever closes the form while something is sent finds what became of it.
  const latest = useRef(draft)
  const write = (change: Partial<A>) => {
    latest.current = { ...latest.current, ...change }
    inTab.set(key, JSON.stringify(latest.current))
    setDraft(latest.current)
  }
  const forget = () => {
    latest.current = empty
    inTab.remove(key)
    setDraft(empty)
  }
  return [draft, write, forget]
}

/** Keeps what is to be found in a form when it is shown again. */
export const keepDraft = (name: string, draft: object): void => inTab.set(keyOf(name), JSON.stringify(draft))

/** Forgets what was sent from a form that is not shown any more. */
export const forgetDraft = (name: string): void => inTab.remove(keyOf(name))

/** Forgets all drafts, whoever typed them. */
export const forgetDrafts = (): void => {
  for (const key of inTab.keys()) {
    if (key.startsWith(prefix)) inTab.remove(key)
  }
}
