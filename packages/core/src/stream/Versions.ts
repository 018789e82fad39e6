/**
 * Upcasters: how an event written by an earlier version of popug becomes the one after it.
 */
import { bracketedKey } from "../values/Text.ts"

/**
 * `task.updated` 1 -> 2: titles carried another tracker's key, `"[KEY-1] Mend the roof"`; since version 2 it is the
 * `jiraId`. A title that was nothing but a key keeps the key as its title.
 */
export const splitBracketedKey = <Data extends { readonly title: string }>(
  data: Data
): Data & { readonly jiraId: string | null } => {
  const match = bracketedKey.exec(data.title)
  if (match === null) return { ...data, jiraId: null }
  const key = match[1]!
  return { ...data, title: data.title.slice(match[0].length) || key, jiraId: key }
}
