/**
 * What others do, as it happens: one feed for each source that the page needs. Rooms change what they show by what an
 * event says (`onEvent`); other questions are asked again, some times a second at most. A feed goes on where it was, so
 * a lost connection misses nothing; a tab that nobody sees lets its connections go, since browsers have few.
 */
import { type Followed, isProblem } from "@popug/http/promises"
import { $session, hasRole, type Me, popug } from "../session/session.ts"
import { $connection } from "./connection.ts"
import { forgetDrafts } from "./drafts.ts"
import { queries } from "./queries.ts"
import { soon } from "./soon.ts"
import { type Changing, type Source, topicsOf } from "./topics.ts"

export type { Followed }
type Listener = (event: Followed) => void

const listeners: Record<Source, Set<Listener>> = { tasks: new Set(), users: new Set(), billing: new Set() }

/** Calls with each event of a source; returns what ends that. */
export const onEvent = (source: Source, listener: Listener): (() => void) => {
  listeners[source].add(listener)
  return () => void listeners[source].delete(listener)
}

/** Long enough for billing to have booked what the tasks told. */
const pause = 400

/** Has questions about these topics asked again, together with what else changes in the next moment. */
export const changedSoon: (...topics: ReadonlyArray<Changing>) => void = soon(pause, (topics) => {
  for (const topic of topics)
    void queries.invalidateQueries({ queryKey: topic === "counts" ? ["tasks", topic] : [topic] })
})

/** The feeds that have something for somebody; users are looked at in few views, and rarely change. */
const sourcesOf = (me: Me): ReadonlyArray<Source> => [
  "tasks",
  ...(hasRole(me, "accountant", "admin") ? (["billing"] as const) : []),
  ...(hasRole(me, "admin") ? (["users"] as const) : [])
]

/** How far each feed is, for as long as somebody is signed in. */
const positions = new Map<Source, string>()

const hear = (source: Source, event: Followed): void => {
  positions.set(source, event.position)
  for (const listener of listeners[source]) listener(event)
  changedSoon(...topicsOf(source, event))
}

/** Follows a source until the signal is aborted, or the server says that this one may not. */
const follow = async (source: Source, signal: AbortSignal): Promise<void> => {
  for (;;) {
    try {
      const after = positions.get(source)
      for await (const event of popug.follow({ source, after }, { signal })) hear(source, event)
      return
    } catch (error) {
      if (signal.aborted || !isProblem(error, "PositionBeyondLog")) return
      // The server has another past than the page: restored from a backup. Nothing that is known holds.
      positions.delete(source)
      void queries.invalidateQueries()
    }
  }
}

/** Long enough for a feed to be there, in milliseconds. */
const settling = 1_500

let following: AbortController | undefined

const begin = (me: Me): void => {
  following?.abort()
  following = undefined
  // Opened where nobody sees it yet.
  if (document.hidden) return
  following = new AbortController()
  const { signal } = following
  for (const source of sourcesOf(me)) void follow(source, signal)
  if (positions.size > 0) return
  // A feed tells what happens from when it is there: what the page asked before that is asked once more.
  setTimeout(() => signal.aborted || void queries.invalidateQueries(), settling)
}

const end = (): void => {
  following?.abort()
  following = undefined
}

/** How long a tab may be out of sight and still be told at once, in milliseconds. */
const outOfSight = 10_000

/** Follows for whoever is signed in; whoever comes after another one begins with nothing of theirs. */
export const followFeeds = (): void => {
  let last: string | undefined
  $session.subscribe((now) => {
    if (now.at !== "signed in") {
      end()
      // Whoever leaves for good leaves nothing behind.
      if (last !== undefined && now.at === "signed out" && now.why === null) forgetDrafts()
      return
    }
    if (last !== undefined && last !== now.me.id) {
      queries.clear()
      positions.clear()
    }
    last = now.me.id
    begin(now.me)
  })
  followSight()
  followReturn()
}

const followSight = (): void => {
  let leaving: ReturnType<typeof setTimeout> | undefined
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving)
    const now = $session.get()
    if (document.hidden) leaving = setTimeout(end, outOfSight)
    else if (following === undefined && now.at === "signed in") {
      begin(now.me)
      // What happened before the feed had come to any event is in no feed that goes on from now.
      void queries.invalidateQueries()
    }
  })
}

/** Asks until the server answers, and then has asked again what could not be. */
const followReturn = (): void => {
  let asking: ReturnType<typeof setInterval> | undefined
  $connection.subscribe(({ at }) => {
    if (at === "offline") asking ??= setInterval(() => void popug.system.live().catch(() => undefined), 2_000)
    else {
      clearInterval(asking)
      asking = undefined
    }
    if (at !== "back") return
    const now = $session.get()
    if (now.at === "signed in") begin(now.me)
    void queries.invalidateQueries()
  })
}
