/** Small words that many tests are written in. */
import { hash } from "node:crypto"
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Catalog from "../../src/Catalog.ts"
import * as Actor from "../../src/company/Actor.ts"
import type { Envelope, Source } from "../../src/stream/Envelope.ts"
import * as Head from "../../src/stream/Head.ts"
import type { Period } from "../../src/values/BusinessDay.ts"
import type { Sha256 } from "../../src/values/Digest.ts"
import type { CommandId, TaskId, UserId } from "../../src/values/Ids.ts"

export const sha256: Sha256 = (text) => hash("sha256", text, "hex")

/** An instant by its ISO text. */
export const at = (iso: string): DateTime.Utc => DateTime.makeUnsafe(iso)
export const isoOf = (instant: DateTime.Utc): string => DateTime.formatIso(instant)

export const period = (date: string): Period => date as Period
export const userId = (id: string): UserId => id as UserId
export const taskId = (id: string): TaskId => id as TaskId
export const commandId = (id: string): CommandId => id as CommandId

/** Somebody who was let in with these roles. */
export const active = (id: string, ...roles: ReadonlyArray<string>): Actor.ActiveActor => ({
  actor: Actor.user(id),
  key: Actor.key(Actor.user(id)),
  roles: new Set(roles)
})
export const system: Actor.ActiveActor = { actor: Actor.system, key: "system", roles: new Set() }

export const success = <A, E>(result: Result.Result<A, E>): A => {
  if (Result.isFailure(result)) throw new Error(`expected success, got ${String(result.failure)}`)
  return result.success
}
export const failure = <A, E>(result: Result.Result<A, E>): E => {
  if (Result.isSuccess(result)) throw new Error(`expected failure, got ${JSON.stringify(result.success)}`)
  return result.failure
}

/** Writes an event to a stream. */
export type Write = (stream: Head.Growing) => void

export const event =
  <T extends Catalog.EventType>(type: T, actor: string, data: Catalog.EventOf<T>["data"]): Write =>
  (stream) =>
    Catalog.publish(stream, type, actor, data as never)

/** A stream written on from a head. */
export const written = (source: Source, head: Head.Head, time: DateTime.Utc, writes: ReadonlyArray<Write>) => {
  const stream = new Head.Growing(sha256, source, head, time)
  for (const write of writes) write(stream)
  return { head: stream.head, events: stream.events }
}

/** A stream of events as a producer writes it. */
export const stream = (source: Source, writes: ReadonlyArray<Write>, time = at("2026-11-22T09:00:00Z")) =>
  written(source, Head.initial(time), time, writes).events

/** A stream of so many events that say nothing in particular. */
export const streamOf = (count: number, source: Source = "users"): ReadonlyArray<Envelope> =>
  stream(
    source,
    Array.from({ length: count }, (_, index) =>
      event("user.created", "system", { id: userId(`u${index + 1}`), name: `User ${index + 1}`, roles: ["worker"] })
    )
  )

/** Cuts a list into batches of the given sizes, over and over, until nothing is left. */
export const batches = <A>(list: ReadonlyArray<A>, sizes: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<A>> => {
  const cut: Array<ReadonlyArray<A>> = []
  let from = 0
  for (let index = 0; from < list.length; index += 1) {
    const size = sizes[index % sizes.length] ?? list.length
    cut.push(list.slice(from, from + size))
    from += size
  }
  return cut
}
