import { expect, it } from "vitest"
import { actorOf } from "../src/page/events/actorOf.ts"
import { sentencesOf } from "../src/page/events/sentences.ts"
import { leastThrough, maySkip, stateOf } from "../src/page/operator/streams.ts"

const event = (number: number, type: string, data: unknown) => ({
  number,
  type,
  data,
  source: "users",
  actor: "user:anna",
  time: "2026-11-26T09:00:00Z"
})
const olga = { id: "olga", name: "Olga", roles: ["worker"], status: "active" }

it("what changed about a user is told by the event before", () => {
  const told = sentencesOf([
    event(1, "user.created", { id: "olga", name: "Olga", roles: ["worker"] }),
    event(2, "user.updated", { ...olga, name: "Olga P." }),
    event(3, "user.updated", { ...olga, name: "Olga P.", roles: ["manager"] }),
    event(4, "user.updated", { ...olga, name: "Olga P.", roles: ["manager"], status: "deactivated" }),
    event(5, "user.updated", { ...olga, name: "Olga P.", roles: ["manager"] })
  ])
  expect(told.map(({ sentence }) => sentence.text)).toEqual([
    "event.user.created",
    "event.user.renamed",
    "event.user.roles",
    "event.user.deactivated",
    "event.user.reactivated"
  ])
  expect(told[1]!.sentence.values).toEqual({ name: "Olga P.", before: "Olga" })
})

it("a change whose event before is not known is told as it is", () => {
  expect(sentencesOf([event(7, "user.updated", olga)])[0]!.sentence).toEqual({
    text: "event.user.changed",
    values: { name: "Olga" },
    roles: ["worker"],
    to: "/people/olga"
  })
})

it("tasks, days and skips lead to where one sees more; what the page does not know is named", () => {
  const told = sentencesOf([
    event(1, "task.updated", { id: "roof", title: "Mend the roof", assign: "olga", change: "assigned" }),
    event(2, "billing.closed", { period: "2026-11-25" }),
    event(3, "billing.event-skipped", { consumer: "billing", first: 2, last: 3, reason: "lost" }),
    event(4, "user.married", {})
  ]).map(({ sentence }) => sentence)
  expect(told.map(({ text, to }) => [text, to])).toEqual([
    ["event.task.assigned", "/tasks/roof"],
    ["event.closed", "/periods/2026-11-25"],
    ["event.skipped", "/operator"],
    ["event.other", undefined]
  ])
  expect(told[0]!.person).toBe("olga")
})

it("who caused an event is somebody, or the company itself", () => {
  expect(actorOf({ actor: "user:anna" })).toBe("anna")
  expect(actorOf({ actor: "system" })).toBe(null)
})

const stopped = (reason: "Gap" | "BrokenDigest" | "Difference") => ({ reason, number: 17, message: "" })
const stream = { consumer: "billing", source: "tasks" as const, number: 16, behind: 3, failing: null }

it("a stream is as bad as the worst about it", () => {
  expect(stateOf({ behind: 0, stopped: null, failing: null })).toBe("well")
  expect(stateOf({ behind: 5_000, stopped: null, failing: null })).toBe("behind")
  expect(stateOf({ behind: -1, stopped: null, failing: null })).toBe("ahead")
  const failing = { since: new Date(), attempts: 3, message: "" }
  expect(stateOf({ behind: 5_000, stopped: null, failing })).toBe("failing")
  expect(stateOf({ behind: 5_000, stopped: stopped("Gap"), failing })).toBe("stopped")
})

it("what is wrong in the books, and what reports follow, is never skipped", () => {
  expect(maySkip({ ...stream, stopped: stopped("Gap") })).toBe(true)
  expect(maySkip({ ...stream, stopped: stopped("Difference") })).toBe(false)
  expect(maySkip({ ...stream, consumer: "reports", stopped: stopped("Gap") })).toBe(false)
  expect(maySkip({ ...stream, stopped: null })).toBe(false)
})

it("a skip passes over the event that it stopped at; a broken digest is accepted and nothing passed over", () => {
  expect(leastThrough({ number: 16, stopped: stopped("Gap") })).toBe(17)
  expect(leastThrough({ number: 16, stopped: stopped("BrokenDigest") })).toBe(16)
})
