/**
 * Who is signed in. The token is held in memory alone: not in storage, where any script finds it later, and not in the
 * address.
 */
import { isProblem, promises } from "@popug/http/promises"
import { atom } from "nanostores"
import { baseUrl } from "./config.ts"
import { watchedFetch } from "./connection.ts"
import type { Me } from "./me.ts"

/** Why nobody is signed in; null when nobody has asked to be. */
export type Why =
  | "expired"
  // What popug says of whoever the token names, or of the token.
  | "unknown"
  | "deactivated"
  | "untaken"
  | "unreachable"
  // What became of the way to the provider.
  | "denied"
  | "refused"
  | "elsewhere"
  | "clock"
  | "provider"
  | null

export interface Ended {
  readonly why: Why
  /** What the server or the provider said, in its own words. */
  readonly detail?: string
}

export type Session =
  | { readonly at: "beginning" }
  | ({ readonly at: "signed out" } & Ended)
  | { readonly at: "signed in"; readonly me: Me }

export const $session = atom<Session>({ at: "beginning" })

/** Where tokens come from: the development login, or a provider. */
export interface Tokens {
  /** A token of whoever was signed in before this page was loaded, or why there is none. */
  readonly resume: () => Promise<string | Ended>
  /**
   * A token in place of one that has run out; null when there is none to be had without asking the person. Fails when
   * that can't be told now.
   */
  readonly renew: () => Promise<string | null>
  readonly forget: () => Promise<void>
}

let token = ""
let tokens: Tokens | undefined
/** Counts who comes and goes: what was begun as one ends as nobody else. */
let visit = 0

/** Nobody is signed in any more, or again. */
export const end = ({ detail, why }: Ended): void => {
  token = ""
  visit++
  $session.set({ at: "signed out", why, ...(detail === undefined ? {} : { detail }) })
}

/** How long a token is fresh, in milliseconds: a request that was under way with the one before takes it. */
const freshFor = 3_000
let isFresh = false
let renewing: Promise<string | null> | undefined

/** One renewal at a time, whoever asks for it. */
const renewal = (): Promise<string | null> =>
  (renewing ??= (async () => {
    const mine = visit
    const found = (await tokens?.renew()) ?? null
    // Whoever has left meanwhile does not come back by it, and whoever came in their place stays who they are.
    if (visit !== mine) return token
    if (found !== null) {
      token = found
      isFresh = true
      setTimeout(() => {
        isFresh = false
      }, freshFor)
    }
    return found
  })().finally(() => {
    renewing = undefined
  }))

/** After a refusal of the token. */
const renewed = async (): Promise<string> => {
  if (token === "" || isFresh) return token
  if ((await renewal()) === null && $session.get().at === "signed in") end({ why: "expired" })
  return token
}

/** Before the token ends: when it can't be had, the one of now still is good for a while. */
export const renewEarly = renewal

/** Ends the session of somebody who may not be here any more; for any other reason nothing changes. */
const lockOut = (why: Why | undefined): void => {
  if ((why === "deactivated" || why === "unknown") && $session.get().at === "signed in") end({ why })
}

const lockedOut: Readonly<Record<string, Why>> = {
  "urn:popug:problem:deactivated-actor": "deactivated",
  "urn:popug:problem:unknown-subject": "unknown"
}

/** Whoever is locked out while the page is open is told so at once, whatever they were doing. */
const lookInto = async (refusal: Response): Promise<void> => {
  const { type = "" } = (await refusal.json().catch(() => ({}))) as { readonly type?: string }
  lockOut(lockedOut[type])
}

const lookingFetch: typeof globalThis.fetch = async (input, init) => {
  const mine = visit
  const response = await watchedFetch(input, init)
  // What somebody was told who was here before says nothing about whoever is here now.
  if (response.status === 403 && visit === mine) void lookInto(response.clone())
  return response
}

/** The server, as whoever is signed in. */
export const popug = promises({ baseUrl, token: () => token, freshToken: renewed, fetch: lookingFetch })

const refusal = (error: unknown): Ended => {
  if (isProblem(error, "DeactivatedActor")) return { why: "deactivated" }
  if (isProblem(error, "UnknownSubject") || isProblem(error, "UnknownActor")) return { why: "unknown" }
  if (isProblem(error, "Unauthenticated")) return { why: "untaken", detail: error.message }
  return { why: "unreachable" }
}

/** Ends the session of somebody who may not be here any more; anything else that is thrown changes nothing. */
export const endFor = (error: unknown): void => lockOut(refusal(error).why)

/** Begins a session with a token. */
export const enter = async (given: string, from: Tokens): Promise<void> => {
  const mine = ++visit
  token = given
  tokens = from
  try {
    const answer = await popug.users.get({ params: { id: "me" } })
    // Somebody else may have come in meanwhile, or left.
    if (answer !== undefined && visit === mine) $session.set({ at: "signed in", me: answer.body })
  } catch (error) {
    if (visit === mine) end(refusal(error))
  }
}

/** Takes up the session of before, if there is one. */
export const begin = async (from: Tokens): Promise<void> => {
  tokens = from
  const known = await from.resume()
  if (typeof known === "string") await enter(known, from)
  else end(known)
}

export const leave = async (): Promise<void> => {
  end({ why: null })
  await tokens?.forget()
}

/**
 * Calls when somebody has left for good, or is somebody else than before: what one chose, found or was told is not for
 * the next. Who only has to sign in again finds it.
 */
export const onFarewell = (forget: () => void): void => {
  let last: string | undefined
  $session.subscribe((now) => {
    const isOver = now.at === "signed out" && now.why === null
    if (last !== undefined && (isOver || (now.at === "signed in" && now.me.id !== last))) forget()
    if (now.at === "signed in") last = now.me.id
  })
}

/** Whoever is signed in: for views, which nobody else sees. */
export const signedIn = (): Me => {
  const now = $session.get()
  if (now.at !== "signed in") throw new Error("nobody is signed in")
  return now.me
}
