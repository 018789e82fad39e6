/**
 * Checks of the logs: numbers without holes, digests chained, instants that never go back, and the exact day.
 */
import { createHash } from "node:crypto"
import type { Envelope } from "@popug/core"
import { calendar } from "../calendar.ts"
import type { RegistrationEnded, TaskUpdated } from "../model.ts"
import type { Evidence } from "./Evidence.ts"
import { type Findings, text } from "./Violation.ts"

/** The digest of an event by the description of its envelope. */
const digestOf = ({ actor, data, number, previous, source, time, type, version }: Envelope.Envelope): string =>
  createHash("sha256")
    .update(text([source, number, type, version, time.epochMilliseconds, actor, previous, data]))
    .digest("hex")

/** Each of the three streams is one chain. */
export const chains = ({ events }: Evidence, findings: Findings): void => {
  for (const [source, stream] of Object.entries(events)) {
    let digest = "0".repeat(64)
    let at = 0
    for (const [index, event] of stream.entries()) {
      findings.same([event.source, event.number], [source, index + 1], "numbers", () => `an event of ${source}`)
      findings.expect(event.previous === digest, "digests", () => `${source} ${event.number} does not carry the digest`)
      findings.expect(
        event.time.epochMilliseconds >= at,
        "instants",
        () => `${source} ${event.number} goes back in time`
      )
      digest = digestOf(event)
      at = event.time.epochMilliseconds
    }
  }
}

/** Every event is in the business day of its instant, and every day ends once, in order, with nothing after it. */
export const days = (evidence: Evidence, findings: Findings): void => {
  const { events, opened, settings, taskHead } = evidence
  const business = calendar(settings.timeZone, settings.cutoff)
  const ends: Array<string> = []
  let lastTaskId: string | null = null
  for (const event of events.tasks) {
    const day = business.dayOf(event.time.epochMilliseconds)
    if (event.type === "task.registration-ended") {
      const { lastNumber, lastTaskId: last, period } = event.data as RegistrationEnded
      ends.push(period)
      findings.expect(period < day, "the exact day", () => `event ${event.number} ends ${period} on ${day}`)
      findings.same(lastNumber, event.number - 1, "the exact day", () => `the last number of ${period}`)
      findings.same(last, lastTaskId, "the exact day", () => `the last task of ${period}`)
      lastTaskId = null
    } else if (event.type === "task.updated") {
      const { change, id, period } = event.data as TaskUpdated
      findings.same(period, day, "the exact day", () => `the period of event ${event.number}`)
      const ended = ends.at(-1)
      findings.expect(
        ended === undefined || period > ended,
        "the exact day",
        () => `event ${event.number} of ${period} comes after the end of ${ended}`
      )
      if (change === "created") lastTaskId = id
    }
  }
  const first = business.dayOf(opened)
  const all = business.days(first, taskHead.period)
  findings.same(ends, all.slice(0, -1), "the exact day", () => "the list of ended days")
  findings.expect(taskHead.period > first, "the exact day", () => `${first} has never ended`)
}
