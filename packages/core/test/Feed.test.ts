import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { visible } from "../src/Catalog.ts"
import * as Actor from "../src/company/Actor.ts"
import { Events } from "../src/Feed.ts"
import type { Envelope } from "../src/stream/Envelope.ts"
import { EventLog } from "../src/stream/EventLog.ts"
import type * as Position from "../src/stream/Position.ts"
import * as Digest from "../src/values/Digest.ts"
import { active, at, sha256, system, userId } from "./support/given.ts"

/** An event as a log holds it; the rules look at nothing but its type and data. */
const event = (type: string, data: unknown = {}, number = 1, version = 1): Envelope => ({
  source: "tasks",
  number,
  type,
  version,
  time: at("2026-11-23T12:00:00Z"),
  actor: "system",
  previous: "0".repeat(64),
  data
})

const actors = {
  admin: active("ann", "admin"),
  manager: active("max", "manager"),
  accountant: active("acc", "accountant"),
  worker: active("will", "worker"),
  system
}

describe("an event is seen", () => {
  it.each([
    ["user.created", { id: "olga" }, "admin manager accountant system"],
    ["user.created", { id: "will" }, "admin manager accountant worker system"],
    ["user.updated", { id: "olga" }, "admin manager accountant system"],
    ["user.updated", { id: "will" }, "admin manager accountant worker system"],
    ["task.updated", { id: "will", assign: "olga" }, "admin manager system"],
    ["task.updated", { id: "t1", assign: null }, "admin manager system"],
    ["task.updated", { id: "t1", assign: "will" }, "admin manager worker system"],
    ["task.shuffled", {}, "admin manager accountant system"],
    ["task.registration-ended", { period: "2026-11-23" }, "admin manager accountant worker system"],
    ["task.event-skipped", {}, "admin system"],
    ["billing.closed", {}, "admin accountant system"],
    ["billing.event-skipped", {}, "admin system"],
    ["task.renamed", { id: "will", assign: "will" }, "admin system"],
    ["toString", {}, "admin system"]
  ])("%s %j by %s", (type, data, names) => {
    const seen = Object.entries(actors).filter(([, actor]) => visible(actor, event(type, data)))
    expect(seen.map(([name]) => name).join(" ")).toBe(names)
  })

  it.each([null, undefined, "will", 7, [], { id: null, assign: 7 }, { id: { will: 1 } }])(
    "as nobody's own when its data is %j",
    (data) => {
      for (const type of ["user.updated", "task.updated"]) {
        expect(visible(actors.worker, event(type, data))).toBe(false)
        expect(visible(actors.admin, event(type, data))).toBe(true)
      }
    }
  )

  it("whatever the version of its type", () => {
    expect(visible(actors.worker, event("task.updated", { assign: "will" }, 1, 1))).toBe(true)
    expect(visible(actors.worker, event("task.updated", { assign: "will" }, 1, 9))).toBe(true)
  })
})

/** A log of tasks' events, those of Will at the places named, and what was read of it. */
const logOf = (mine: ReadonlyArray<boolean>) => {
  const log = mine.map((own, index) => event("task.updated", { assign: own ? "will" : "olga" }, index + 1))
  const reads: Array<number> = []
  const directory = [
    { id: userId("will"), roles: ["worker"], status: "active" as const },
    { id: userId("ann"), roles: ["admin"], status: "active" as const }
  ]
  const layer = Events.layer.pipe(
    Layer.provide([
      Layer.succeed(EventLog, {
        read: (_source, after, limit) =>
          Effect.sync(() => {
            const events = log.slice(after, after + limit)
            reads.push(events.length)
            return events
          }),
        last: () => Effect.succeed(log.length)
      }),
      Layer.succeed(Actor.Directory, {
        lookup: (ids) => Effect.succeed(directory.filter(({ id }) => ids.includes(id)))
      }),
      Layer.succeed(Digest.Digest, { sha256 })
    ])
  )
  const read = (actor: string, after: number | Position.Position, limit: number) =>
    Effect.runPromise(
      Effect.flatMap(Events, (events) => events.read(Actor.user(actor), "tasks", { after, limit })).pipe(
        Effect.provide(layer)
      )
    )
  return { log, read, reads }
}

describe("a feed", () => {
  it("read to its end gives all that is visible once, in order, whatever the size of its parts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom("will", "ann"),
        fc.nat({ max: 10 }),
        async (mine, limit, actor, anywhere) => {
          const start = Math.min(anywhere, mine.length)
          const { log, read } = logOf(mine)
          const seen: Array<Envelope> = []
          let after: number | Position.Position = start
          for (let more = true; more;) {
            const part = await read(actor, after, limit)
            expect(part.rows.length).toBeLessThanOrEqual(limit)
            expect(part.more).toBe(part.next.number < log.length)
            if (part.more) expect(part.next.number).toBeGreaterThan(typeof after === "number" ? after : after.number)
            seen.push(...part.rows)
            after = part.next
            more = part.more
          }
          const expected = log.filter(({ number }) => number > start && (actor === "ann" || mine[number - 1]!))
          expect(seen).toEqual(expected)
        }
      ),
      { numRuns: 200 }
    )
  })

  it("of one who sees everything reads no more than it gives, and one event to know whether more follow", async () => {
    const { read, reads } = logOf(Array.from({ length: 500 }, () => false))
    expect((await read("ann", 0, 20)).rows).toHaveLength(20)
    expect(reads).toEqual([21])
  })

  it("of one who sees little looks at a bounded part, and tells where to go on", async () => {
    const mine = Array.from({ length: 2_500 }, (_, index) => index === 2_499)
    const { read, reads } = logOf(mine)
    const first = await read("will", 0, 20)
    expect([first.rows, first.next.number, first.more]).toEqual([[], 1_000, true])
    expect(reads.length).toBeLessThan(12)
    expect(reads.reduce((sum, count) => sum + count - 1, 0)).toBe(1_000)
    const second = await read("will", first.next, 20)
    const third = await read("will", second.next, 20)
    expect([third.rows.map(({ number }) => number), third.next.number, third.more]).toEqual([[2_500], 2_500, false])
  })
})
