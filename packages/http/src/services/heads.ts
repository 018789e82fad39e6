/**
 * Which of these streams have another last event than the one that I have? One question for many companies.
 */
import type { StoreError } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Wire from "../api/services/Wire.ts"
import { type Peer, reading } from "./Peer.ts"

export interface HeadsOptions {
  /** How long the service waits for news where there is none, 25 seconds at most; default: not at all. */
  readonly wait?: Duration.Input
}

const readNews = reading(Wire.News)

/** How much longer than the wait an answer may take. */
const grace = 5_000

/**
 * The streams whose last event is another than the one named, and those that the service does not have. Up to 1,000
 * streams are waited for in one question; of more, whatever has news is answered by the questions that have some.
 */
export const heads = (
  peer: Peer,
  after: ReadonlyArray<Wire.StreamEnd>,
  { wait = 0 }: HeadsOptions = {}
): Effect.Effect<Wire.News, StoreError> => {
  const waitMillis = Math.min(Math.floor(Duration.toMillis(wait)), Wire.longestWaitMillis)
  const ask = (some: ReadonlyArray<Wire.StreamEnd>, waitMillis: number) => {
    const question = { method: "POST", path: "/heads", body: { after: some, waitMillis }, read: readNews } as const
    return waitMillis === 0 ? peer.ask(question) : peer.wait(question, waitMillis + grace)
  }
  if (after.length <= Wire.mostStreams) return ask(after, waitMillis)
  const parts = partsOf(after)
  const now = Effect.map(
    Effect.forEach(parts, (part) => ask(part, 0), { concurrency: 4 }),
    joined
  )
  return waitMillis === 0
    ? now
    : Effect.flatMap(now, (news) =>
        news.heads.length + news.unknown.length > 0
          ? Effect.succeed(news)
          : Effect.raceAllFirst(parts.map((part) => ask(part, waitMillis)))
      )
}

const partsOf = (ends: ReadonlyArray<Wire.StreamEnd>): ReadonlyArray<ReadonlyArray<Wire.StreamEnd>> =>
  Array.from({ length: Math.ceil(ends.length / Wire.mostStreams) }, (_, index) =>
    ends.slice(index * Wire.mostStreams, (index + 1) * Wire.mostStreams)
  )

const joined = (all: ReadonlyArray<Wire.News>): Wire.News => ({
  heads: all.flatMap(({ heads }) => heads),
  unknown: all.flatMap(({ unknown }) => unknown)
})
