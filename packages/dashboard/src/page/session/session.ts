/**
 * Who is signed in. The token is held in memory alone: not in storage, where any script finds it later, and not in the
 * address.
 */
import { isProblem, promises } from "@popug/http/promises"
import { atom } from "nanostores"
import { watchedFetch } from "../data/connection.ts"
import { baseUrl } from "./config.ts"
import type { Me } from "./me.ts"

export { hasRole, type Me } from "./me.ts"

export type Session =
  | { readonly at: "beginning" }
  | { readonly at: "signed out"; readonly why: "expired" | "unknown" | "deactivated" | "unreachable" | null }
  | { readonly at: "signed in"; readonly me: Me }

export const $session = atom<Session>({ at: "beginning" })

/** Where tokens come from: the development login, or a provider. */
export interface Tokens {
  /** A token of whoever was signed in before this page was loaded; null for nobody. */
  readonly resume: () => Promise<string | null>
  /** A token in place of one that has run out; null when there is none to be had without asking the person. */
  readonly renew: () => Promise<string | null>
  readonly forget: () => Promise<void>
}

let token = ""
let tokens: Tokens | undefined

const renewed = async (): Promise<string> => {
  const fresh = (await tokens?.renew()) ?? null
  if (fresh !== null) token = fresh
  else if ($session.get().at === "signed in") $session.set({ at: "signed out", why: "expired" })
  return token
}

/** The server, as whoever is signed in. */
export const popug = promises({ baseUrl, token: () => token, freshToken: renewed, fetch: watchedFetch })

const refusal = (error: unknown): "unknown" | "deactivated" | "unreachable" | null => {
  if (isProblem(error, "DeactivatedActor")) return "deactivated"
  if (isProblem(error, "UnknownSubject") || isProblem(error, "UnknownActor")) return "unknown"
  return isProblem(error, "Unauthenticated") ? null : "unreachable"
}

/** Ends the session of somebody who may not be here any more; anything else that is thrown changes nothing. */
export const endFor = (error: unknown): void => {
  const why = refusal(error)
  if ((why === "deactivated" || why === "unknown") && $session.get().at === "signed in")
    $session.set({ at: "signed out", why })
}

/** Begins a session with a token. */
export const enter = async (fresh: string, from: Tokens): Promise<void> => {
  token = fresh
  tokens = from
  try {
    const answer = await popug.users.get({ params: { id: "me" } })
    if (answer !== undefined) $session.set({ at: "signed in", me: answer.body })
  } catch (error) {
    $session.set({ at: "signed out", why: refusal(error) })
  }
}

/** Takes up the session of before, if there is one. */
export const begin = async (from: Tokens): Promise<void> => {
  const known = await from.resume()
  if (known === null) $session.set({ at: "signed out", why: null })
  else await enter(known, from)
}

export const leave = async (): Promise<void> => {
  await tokens?.forget()
  token = ""
  tokens = undefined
  $session.set({ at: "signed out", why: null })
}

/** Whoever is signed in: for views, which nobody else sees. */
export const signedIn = (): Me => {
  const now = $session.get()
  if (now.at !== "signed in") throw new Error("nobody is signed in")
  return now.me
}
