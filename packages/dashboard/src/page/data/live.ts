/**
 * What others do, as it happens: one feed for each source that the page needs, shared by all tabs of who is signed in.
 * Rooms change what they show by what an event says (`onEvent`); other questions are asked again, some times a second
 * at most. A feed goes on where it was, so a lost connection misses nothing; a tab that nobody sees follows nothing.
 */
import { type Followed, isProblem } from "@popug/http/promises"
import { baseUrl } from "../session/config.ts"
import { $connection, watchedFetch } from "../session/connection.ts"
import { hasRole, type Me, seesBooks } from "../session/me.ts"
import { $session, endFor, popug } from "../session/session.ts"
import { forgetDrafts } from "./drafts.ts"
import { type Changing, haveChanged, queries } from "./queries.ts"
import { SharedFeed } from "./SharedFeed.ts"
import { rarely, soon } from "./soon.ts"
import { type Source, topicsOf } from "./topics.ts"

export type { Followed }
type Listener = (event: Followed) => void

const listeners: Record<Source, Set<Listener>> = { tasks: new Set(), users: new Set(), billing: new Set() }

/** Calls with each event of a source; returns what ends that. */
export const onEvent = (source: Source, listener: Listener): (() => void) => {
  listeners[source].add(listener)
  return () => void listeners[source].delete(listener)
}

const takenListeners = new Set<() => void>()

/** Calls when tasks were taken from somebody: from whoever looks, maybe, who is not told more. */
export const onTaken = (listener: () => void): void => void takenListeners.add(listener)

/** All hear of it at the same moment: they do not ask at once, and not each time while many tasks go. */
const taken = rarely({ spread: 1_500, pause: 8_000 }, () => {
  for (const listener of takenListeners) listener()
})

/** Long enough for billing to have booked what the tasks told; when it is not, it is by the time after. */
const pause = 400
const patience = 2_500

const booked: ReadonlySet<Changing> = new Set(["accounts", "periods"])
const again = soon<Changing>(patience, (topics) => haveChanged(...topics))

/** Has questions about these topics asked again, together with what else changes in the next moment. */
export const changedSoon: (...topics: ReadonlyArray<Changing>) => void = soon(
  pause,
  (topics: ReadonlySet<Changing>) => {
    haveChanged(...topics)
    again(...[...topics].filter((topic) => booked.has(topic)))
  }
)

/** What every feed misses at the same moment is asked for once. */
const missed = soon<"all">(200, () => void queries.invalidateQueries())

/** The feeds that have something for somebody; users are looked at in few views, and rarely change. */
const sourcesOf = (me: Me): ReadonlyArray<Source> => [
  "tasks",
  ...(seesBooks(me) ? (["billing"] as const) : []),
  ...(hasRole(me, "admin") ? (["users"] as const) : [])
]

const hear = (source: Source, event: Followed): void => {
  for (const listener of listeners[source]) listener(event)
  changedSoon(...topicsOf(source, event))
}

const feedOf = (me: Me, source: Source): SharedFeed =>
  new SharedFeed({
    name: ["popug", baseUrl, me.id, source].join(" "),
    follow: (options, signal) => popug.follow({ source, ...options }, { signal }),
    hear: (event) => hear(source, event),
    reassigned: taken,
    missed: () => missed("all"),
    isReplaced: (error) => isProblem(error, "PositionBeyondLog"),
    ended: endFor
  })

/** The feeds of whoever is signed in, and whose they are. */
let feeds: ReadonlyArray<SharedFeed> = []
let whose = ""

const join = (): void => {
  // Opened where nobody sees it yet.
  if (!document.hidden) for (const feed of feeds) feed.join()
}

const leave = (): void => {
  for (const feed of feeds) feed.leave()
}

const joinAs = (me: Me): void => {
  const sources = sourcesOf(me)
  const now = [me.id, ...sources].join(" ")
  if (now !== whose) {
    leave()
    feeds = sources.map((source) => feedOf(me, source))
    whose = now
  }
  join()
}

/** Follows for whoever is signed in; whoever comes after another one begins with nothing of theirs. */
export const followFeeds = (): void => {
  let last: string | undefined
  $session.subscribe((now) => {
    if (now.at !== "signed in") {
      leave()
      // Whoever leaves for good leaves nothing behind.
      if (last !== undefined && now.at === "signed out" && now.why === null) forgetDrafts()
      return
    }
    if (last !== undefined && last !== now.me.id) queries.clear()
    last = now.me.id
    joinAs(now.me)
  })
  followSight()
  followReturn()
}

/** How long a tab may be out of sight and still be told at once, in milliseconds. */
const outOfSight = 10_000
/** What happened in so long is sooner asked for than told. */
const tooLong = 300_000

const followSight = (): void => {
  let leaving: ReturnType<typeof setTimeout> | undefined
  let hiddenSince = 0
  document.addEventListener("visibilitychange", ({ timeStamp }) => {
    clearTimeout(leaving)
    if (document.hidden) {
      hiddenSince = timeStamp
      leaving = setTimeout(leave, outOfSight)
    } else if ($session.get().at === "signed in") {
      if (timeStamp - hiddenSince > tooLong) {
        for (const feed of feeds) feed.leave({ forget: true })
        missed("all")
      }
      join()
    }
  })
  // A document that is kept for a step back hears nothing.
  addEventListener("pagehide", leave)
  addEventListener("pageshow", ({ persisted }) => persisted && $session.get().at === "signed in" && join())
}

/** Whoever finds that the server is gone has the other tabs look, which may be asking nothing. */
const beside = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(`popug ${baseUrl} connection`)

/** Once, without the tries of the client: the next look is another one. */
const look = (): void => void watchedFetch(`${baseUrl}/livez`).catch(() => undefined)

/** Asks until the server answers, and then has asked again what could not be. */
const followReturn = (): void => {
  let asking: ReturnType<typeof setInterval> | undefined
  beside?.addEventListener("message", () => document.hidden || look())
  $connection.subscribe(({ at }) => {
    if (at === "offline") {
      asking ??= setInterval(look, 2_000)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
      beside?.postMessage("gone")
    } else {
      clearInterval(asking)
      asking = undefined
    }
    if (at !== "back") return
    for (const feed of feeds) feed.again()
    if ($session.get().at === "signed in") void askAgain()
  })
}

/** A first answer that is waited for between two tries would come with the next: it is asked for now. */
const askAgain = async (): Promise<void> => {
  await queries.cancelQueries({ predicate: ({ state }) => state.data === undefined }, { silent: true })
  await queries.invalidateQueries()
}
