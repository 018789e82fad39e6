/**
 * The verification that is under way, wherever in the page one is meanwhile.
 */
import { atom } from "nanostores"
import { $address } from "../address/address.ts"
import { wordsOf } from "../data/problems.ts"
import { tell } from "../i18n/texts.ts"
import { onFarewell, popug } from "../session/session.ts"
import { notify } from "../ui/notices.tsx"
import type { Verification } from "./books.ts"

export type Verifying =
  | { readonly at: "idle" }
  /** Since when, on the document's timeline. */
  | { readonly at: "running"; readonly since: number }
  | { readonly at: "done"; readonly result: Verification }
  | { readonly at: "failed"; readonly why: string }

export const $verification = atom<Verifying>({ at: "idle" })

let running: AbortController | undefined

export const giveUp = (): void => {
  running?.abort()
  running = undefined
  $verification.set({ at: "idle" })
}

export const verify = async (): Promise<void> => {
  const mine = new AbortController()
  running = mine
  $verification.set({ at: "running", since: Number(document.timeline.currentTime) })
  try {
    const result = await popug.billing.verify({}, { signal: mine.signal })
    $verification.set({ at: "done", result })
    const isWell = result.difference === null && result.contexts.every(({ difference }) => difference === null)
    // Whoever looks at it sees it.
    if ($address.get().path !== "/audit/verification")
      notify(isWell ? "done" : "refused", tell(isWell ? "verify.well" : "verify.differs"))
  } catch (error) {
    if (!mine.signal.aborted) $verification.set({ at: "failed", why: wordsOf(error) })
  }
}

/** What one found is not for whoever comes next. */
onFarewell(giveUp)
