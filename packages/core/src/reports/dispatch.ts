/**
 * Sends the notices that are due, and keeps what became of each.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { PollInterval } from "../stream/Consumer.ts"
import * as Trouble from "../stream/Trouble.ts"
import * as Text from "../values/Text.ts"
import { attempted, type Notice } from "./Report.ts"
import { Notifier, ReportStore } from "./ReportStore.ts"

/** How many are sent at once. */
const together = 500

/** Starts to send what is due, as often as consumers look into the log; returns what sends all that is due now. */
export const startDispatch = Effect.gen(function* () {
  const store = yield* ReportStore
  const pollInterval = yield* PollInterval
  const send = sending(yield* Notifier)
  const dispatch = Effect.gen(function* () {
    let sent = 0
    while (true) {
      const due = yield* store.due(together)
      if (due.length === 0) return sent
      const errors = yield* send(due.map(({ notice }) => notice))
      yield* store.settle(due.map((kept, index) => attempted(kept, errors[index] ?? null)))
      sent += errors.filter((error) => error === null).length
    }
  })
  if (pollInterval !== null) {
    yield* Trouble.untilItWorks(dispatch, Trouble.make("notices could not be sent")).pipe(
      Effect.andThen(Effect.sleep(pollInterval)),
      Effect.forever,
      Effect.forkScoped
    )
  }
  return dispatch
})

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
