/**
 * Signing in at a provider that speaks OpenID Connect: the code flow with PKCE. Tokens are in memory alone, so a page
 * that is loaded anew asks the provider who is there, by a step there and back that asks the person nothing
 * (`prompt=none`).
 */
import { HttpError } from "@popug/http/promises"
import { inBrowser } from "../../browser/kept.ts"
import { type Arrival, arrival, callback, keepWay } from "../arrival.ts"
import { baseUrl } from "../config.ts"
import { end, type Ended, enter, renewEarly, type Tokens } from "../session.ts"
import { whenDue } from "./due.ts"
import { askedUnseen } from "./frame.ts"
import { beginningOf, endOf, endOfSession, type Given, isThere, reasonOf, refreshed, wayTo } from "./provider.ts"
import { renewAfter } from "./renewAfter.ts"

let given: Given | undefined
let notYet: (() => void) | undefined

/** Says in this browser that somebody left: the provider is not asked for them again until they come back. */
const left = "popug.left"

const hold = (fresh: Given): string => {
  given = fresh
  notYet?.()
  // Early, so that no request meets the end; what fails here is tried again when a request does.
  if (fresh.lifetime !== undefined) {
    notYet = whenDue(renewAfter(fresh.lifetime), () => void renewEarly().catch(() => undefined))
  }
  return fresh.access
}

const drop = (): void => {
  given = undefined
  notYet?.()
}

/** The view to come back to. */
const here = (): string => {
  const { href, pathname } = window.location
  return pathname === new URL("sign-in", document.baseURI).pathname ? `${baseUrl}/` : href
}

/** A page that has gone elsewhere does nothing more. */
const gone = new Promise<never>(() => undefined)

const go = async (prompt?: "none" | "login"): Promise<Ended> => {
  if (!(await isThere())) return { why: "provider" }
  try {
    const way = wayTo(here())
    const address = await beginningOf(way, prompt)
    keepWay(way)
    window.location.replace(address)
    return await gone
  } catch (error) {
    return reasonOf(error)
  }
}

const tokenOf = async ({ answer, way }: Arrival): Promise<string | Ended> => {
  if (way === undefined || answer.searchParams.get("state") !== way.state) return { why: "elsewhere" }
  try {
    return hold(await endOf(way, answer))
  } catch (error) {
    return reasonOf(error)
  }
}

/** Whether tokens are of the same person: somebody else may have signed in at the provider since. */
const isOf = (before: Given, fresh: Given): boolean => before.claims.sub === fresh.claims.sub

/** Nobody could be asked: that says nothing about the session, and is tried again like any lost request. */
const notAsked = (cause: unknown) => new HttpError("the provider does not answer", { cause })

/** By the refresh token, if there is one that the provider takes. */
const byRefresh = async (before: Given): Promise<Given | undefined> => {
  if (before.refresh === undefined) return undefined
  try {
    return await refreshed(before, before.refresh)
  } catch (error) {
    if (reasonOf(error).why === "provider") throw notAsked(error)
    return undefined
  }
}

/** By the provider's own session, where the browser lets a frame see it. */
const unseen = async (): Promise<Given | undefined> => {
  const way = wayTo("")
  const answer = await askedUnseen(await beginningOf(way, "none"), `${baseUrl}/${callback}`)
  if (answer === null) {
    if (await isThere()) return undefined
    throw notAsked(undefined)
  }
  try {
    return await endOf(way, answer)
  } catch (error) {
    if (reasonOf(error).why === "provider") throw notAsked(error)
    return undefined
  }
}

const renew = async (): Promise<string | null> => {
  const before = given
  if (before === undefined) return null
  const fresh = (await byRefresh(before)) ?? (await unseen())
  // Whoever left meanwhile leaves nothing behind that would be renewed again and again.
  return fresh === undefined || given !== before || !isOf(before, fresh) ? null : hold(fresh)
}

const resume = async (): Promise<string | Ended> => {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== left || newValue === null) return
    drop()
    end({ why: null })
  })
  const arrived = arrival()
  if (arrived === undefined) return inBrowser.get(left) === null ? go("none") : { why: null }
  const found = await tokenOf(arrived)
  if (typeof found === "string") inBrowser.remove(left)
  return found
}

/** Leaves here, in all windows of this browser, and at the provider. */
const forget = async (): Promise<void> => {
  const out = given === undefined ? undefined : endOfSession(given)
  inBrowser.set(left, "yes")
  drop()
  if (out !== undefined && (await isThere())) window.location.replace(out)
}

export const oidcTokens: Tokens = { resume, renew, forget }

/** Goes to the provider to sign in, and comes back to the same view. */
export const signInThere = async (who?: "somebody else"): Promise<void> =>
  end(await go(who === undefined ? undefined : "login"))

/** Tries once more what did not work: to be let in as who one is, or to find out who that is. */
export const tryAgain = async (): Promise<void> => {
  if (given !== undefined) return enter(given.access, oidcTokens)
  end(await go("none"))
}

/** Whom the provider has signed in, by what it says of them. */
export const whoIsThere = () => {
  if (given === undefined) return undefined
  const { email, iss, name, preferred_username: username, sub } = given.claims
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined)
  return { issuer: iss, subject: sub, name: text(name) ?? text(username), email: text(email) }
}
