/**
 * The way to the provider and back, at the end of which the page is loaded anew: what it must remember until then. None
 * of it is a token, and all of it is forgotten on arrival.
 */
import { inTab } from "../browser/kept.ts"

export interface Way {
  /** What tells the answer to this question from others, which anybody may send. */
  readonly state: string
  readonly nonce: string
  /** By which the provider knows that whoever brings the code is who asked for it (PKCE). */
  readonly verifier: string
  /** The view that was asked for, with its filters. */
  readonly to: string
}

const kept = "popug.way"

export const keepWay = (way: Way): void => inTab.set(kept, JSON.stringify(way))

const takeWay = (): Way | undefined => {
  const text = inTab.get(kept)
  inTab.remove(kept)
  return text === null ? undefined : (JSON.parse(text) as Way)
}

/** Where the provider sends people to: below the place where the host has the page. */
export const callback = "sign-in/callback"

/** An answer of the provider, and the way that it ends; without one nobody here had asked. */
export interface Arrival {
  readonly answer: URL
  readonly way: Way | undefined
}

const arriving = (): Arrival | undefined => {
  const answer = new URL(window.location.href)
  if (answer.pathname !== new URL(callback, document.baseURI).pathname) return undefined
  const way = takeWay()
  // The code is good for nothing but this once; it shall not be read over a shoulder either.
  window.history.replaceState(null, "", way?.to ?? new URL(".", document.baseURI))
  return { answer, way }
}

let arrived: Arrival | undefined

/** Takes the answer that this page was loaded with out of the address. Done before anything else. */
export const arrive = (): void => {
  arrived = arriving()
}

export const arrival = (): Arrival | undefined => arrived
