/**
 * Sends the notices that are due, and keeps what became of each.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Latch from "effect/Latch"
import * as Semaphore from "effect/Semaphore"
import { PollInterval } from "../stream/Consumer.ts"
import * as Spans from "../stream/Spans.ts"
import * as Trouble from "../stream/Trouble.ts"
import * as Text from "../values/Text.ts"
import type { Causes } from "./Causes.ts"
import { attempted, type KeptNotice, type Notice } from "./Report.ts"
import { Notifier, ReportStore } from "./ReportStore.ts"

/** How many are sent at once. */
const together = 500

/**
 * After how long it is asked what is due though nothing told of it: another process may have died with it. `null` for
 * never: in a host of many companies somebody asks for all of them.
 */
export const NoticeLook = Context.Reference<Duration.Duration | null>("@popug/core/NoticeLook", {
  defaultValue: () => Duration.minutes(1)
})

/**
 * Starts to send what is due: when `news` opens, when what failed is due again, and otherwise once in a while; returns
 * what sends all that is due now, and what is under way.
 */
export const startDispatch = Effect.fnUntraced(function* (news: Latch.Latch, causes: Causes) {
  const store = yield* ReportStore
  const pollInterval = yield* PollInterval
  const send = sending(yield* Notifier)
  const look = yield* NoticeLook
  const one = yield* Semaphore.make(1)
  /** When the first of those that failed is due again, on the monotonic clock. */
  let retryAt = Infinity
  const sendDue = Effect.fnUntraced(function* (due: ReadonlyArray<KeptNotice>) {
    const errors = yield* send(due.map(({ notice }) => notice))
    const settled = due.map((kept, index) => attempted(kept, errors[index] ?? null))
    yield* store.settle(settled)
    return settled
  })
  const sendAll = Effect.gen(function* () {
    if (retryAt <= (yield* monotonicMillis)) retryAt = Infinity
    let sent = 0
    while (true) {
      const due = yield* store.due(together)
      if (due.length === 0) return sent
      const settled = yield* Spans.together(
        sendDue(due),
        "send notices",
        () => due.map(({ notice }) => causes.of(notice)),
        () => ({ attributes: { "popug.notices": due.length } })
      )
      const failed = settled.filter(({ status }) => status === "pending")
      const now = yield* monotonicMillis
      for (const { waitMillis } of failed) retryAt = Math.min(retryAt, now + waitMillis)
      sent += settled.length - failed.length
      // There were no more.
      if (due.length < together) return sent
    }
  })
  const dispatch = Semaphore.withPermit(one, sendAll)
  if (pollInterval !== null) {
    const interval = Duration.toMillis(pollInterval)
    const longest = look === null ? Infinity : Math.max(Duration.toMillis(look), interval)
    // Not to the millisecond: the store's clock says what is due.
    const nap = Effect.flatMap(monotonicMillis, (now) => {
      const millis = Math.min(Math.max(retryAt - now, 0) + interval, longest)
      return millis === Infinity ? Effect.never : Effect.sleep(millis)
    })
    yield* Effect.sync(() => news.closeUnsafe()).pipe(
      Effect.andThen(Trouble.untilItWorks(dispatch, Trouble.make("notices could not be sent"))),
      Effect.andThen(Effect.raceFirst(nap, news.await)),
      Effect.forever,
      Effect.forkScoped
    )
  }
  return dispatch
})

const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))

/** Sends, whatever the notifier does. A batch on which it throws goes one by one: one notice holds up no other. */
const sending = (notifier: Notifier["Service"]) => {
  const thrown = Trouble.make("the notifier threw")
  const send = (notices: ReadonlyArray<Notice>): Effect.Effect<ReadonlyArray<string | null>> =>
    Effect.suspend(() => notifier.send(notices)).pipe(
      Effect.tap(thrown.over),
      Effect.catchDefect((defect) =>
        notices.length > 1
          ? Effect.map(
              Effect.forEach(notices, (notice) => send([notice])),
              (errors) => errors.flat()
            )
          : Effect.as(thrown.met(Cause.die(defect)), [`the notifier threw: ${Text.ofDefect(defect)}`])
      )
    )
  return send
}
