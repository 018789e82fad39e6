/**
 * Who waits for new events of a stream in this process, and how they hear of those of other processes: one NOTIFY for
 * each batch, and polling behind it, because a notification is lost with its connection.
 */
import { PollInterval, Trouble } from "@popug/core"
import type { Envelope } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type { Database } from "./Database.ts"
import { toStoreError } from "./errors.ts"
import * as Param from "./params.ts"

type Source = Envelope.Source

/** Wakes those who wait for a stream's events. */
export class Alarm {
  /** The highest number heard of. */
  readonly #known = new Map<Source, number>()
  readonly #waiting = new Map<Source, Set<() => void>>()

  /** There are events up to a number; nothing happens when that is known. */
  ring(source: Source, number: number): void {
    if (number <= this.heard(source)) return
    this.#known.set(source, number)
    this.wake(source)
  }

  heard(source: Source): number {
    return this.#known.get(source) ?? 0
  }

  wake(source: Source): void {
    const waiting = this.#waiting.get(source)
    this.#waiting.delete(source)
    for (const wake of waiting ?? []) wake()
  }

  /** Waits for the next ring, unless what it would say is so already. */
  next(source: Source, already: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (already()) return resume(Effect.void)
      const wake = () => resume(Effect.void)
      const waiting = this.#waiting.get(source) ?? new Set()
      this.#waiting.set(source, waiting.add(wake))
      return Effect.sync(() => void waiting.delete(wake))
    })
  }
}

const channelOf = (db: Database): string => `popug_${db.name}`

/** Tells all processes of the newest numbers, in one statement. */
export const announce = (db: Database, newest: ReadonlyMap<Source, number>) =>
  db.query("select pg_notify($1, payload) from unnest($2) as n (payload)", [
    Param.text(channelOf(db)),
    Param.texts([...newest].map(([source, number]) => `${source}:${number}`))
  ])

const sources: ReadonlyArray<Source> = ["users", "tasks", "billing"]

/** Listens until the scope closes, and again whenever the connection was lost. */
export const listen = Effect.fnUntraced(function* (db: Database, alarm: Alarm) {
  const trouble = Trouble.make("notifications are late: polling goes on")
  const hear = Effect.gen(function* () {
    const notifications = yield* db.client.listen(channelOf(db))
    yield* trouble.over
    // Whatever came while nobody listened.
    for (const source of sources) alarm.wake(source)
    while (true) {
      const { payload } = yield* Queue.take(notifications)
      const [source, number] = payload.split(":") as [Source, string]
      alarm.ring(source, Number(number))
    }
  })
  yield* Effect.scoped(hear).pipe(
    Effect.tapError((error) => trouble.met(Cause.fail(toStoreError(error)))),
    Effect.retry(Schedule.spaced("1 second")),
    Effect.forkScoped
  )
})

/** Waits for a ring, or until it is time to look all the same. */
export const wait = (alarm: Alarm, source: Source, already: () => boolean): Effect.Effect<void> =>
  Effect.flatMap(PollInterval, (interval) =>
    interval === null
      ? alarm.next(source, already)
      : Effect.raceFirst(alarm.next(source, already), Effect.sleep(interval))
  )
