/**
 * Who is signed in. The token is held in memory alone: not in storage, where any script finds it later, and not in the
 * address.
 */
import { Client, development } from "@popug/http/client"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Atom from "effect/reactivity/Atom"
import { registry, set } from "../atoms/atoms.ts"
import { baseUrl } from "./config.ts"

export interface Me {
  readonly id: string
  readonly name: string
  readonly roles: ReadonlyArray<string>
}

export type Session =
  | { readonly at: "beginning" }
  | { readonly at: "signed out"; readonly why: "expired" | "unknown" | "deactivated" | null }
  | { readonly at: "signed in"; readonly me: Me }

export const session: Atom.Writable<Session> = Atom.keepAlive(Atom.make<Session>({ at: "beginning" }))

/** Where tokens come from: the development login, or a provider. */
export interface Tokens {
  /** A token of whoever was signed in before this page was loaded; null for nobody. */
  readonly resume: Effect.Effect<string | null>
  /** A token in place of one that has run out; null when there is none to be had without asking the person. */
  readonly renew: Effect.Effect<string | null>
  readonly forget: Effect.Effect<void>
}

let token = ""
let tokens: Tokens | undefined

const renewed = Effect.suspend(() => tokens?.renew ?? Effect.succeed(null)).pipe(
  Effect.map((fresh) => {
    if (fresh === null) set(session, { at: "signed out", why: "expired" })
    else token = fresh
    return token
  })
)

/** The client of whoever is signed in. */
export const clientLayer = Client.layer({ baseUrl, token: Effect.sync(() => token), freshToken: renewed })

const whoAmI = Effect.flatMap(Client, (client) => client.users.get({ params: { id: "me" }, headers: {} })).pipe(
  Effect.provide(clientLayer)
)

/** Begins a session with a token. */
export const enter = async (fresh: string, from: Tokens): Promise<void> => {
  token = fresh
  tokens = from
  const exit = await Effect.runPromiseExit(whoAmI)
  if (Exit.isSuccess(exit)) {
    const answer = exit.value
    if (answer !== undefined && "body" in answer) set(session, { at: "signed in", me: answer.body })
    return
  }
  const failure = Cause.squash(exit.cause) as { readonly _tag?: string }
  const why = failure._tag === "DeactivatedActor" ? "deactivated" : failure._tag === "UnknownSubject" ? "unknown" : null
  set(session, { at: "signed out", why })
}

/** Takes up the session of before, if there is one. */
export const begin = async (from: Tokens): Promise<void> => {
  const known = await Effect.runPromise(from.resume)
  if (known === null) set(session, { at: "signed out", why: null })
  else await enter(known, from)
}

export const leave = async (): Promise<void> => {
  if (tokens !== undefined) await Effect.runPromise(tokens.forget)
  token = ""
  tokens = undefined
  set(session, { at: "signed out", why: null })
}

/** Whether somebody with these roles sees a thing; what they may do is for the server to say. */
export const hasRole = (me: Me, ...roles: ReadonlyArray<string>): boolean =>
  me.roles.some((role) => roles.includes(role))

export const signedIn = (): Me => {
  const now = registry.get(session)
  if (now.at !== "signed in") throw new Error("nobody is signed in")
  return now.me
}

/** The calls of a development server. */
export const developmentCalls = development(baseUrl).pipe(Effect.provide(FetchHttpClient.layer))
