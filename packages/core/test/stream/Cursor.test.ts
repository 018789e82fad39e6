import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Cursor from "../../src/stream/Cursor.ts"
import * as Envelope from "../../src/stream/Envelope.ts"
import { origin } from "../../src/values/Digest.ts"
import { sha256, streamOf } from "../support/given.ts"

const events = streamOf(30)
const start = Cursor.start("test", "users")
const admit = (cursor: Cursor.Cursor, after: number, fetched: ReadonlyArray<Envelope.Envelope>) =>
  Cursor.admit(sha256, cursor, after, fetched)
/** Admits and applies all of it, as a consumer does. */
const step = (cursor: Cursor.Cursor, after: number, fetched: ReadonlyArray<Envelope.Envelope>) => {
  const admitted = admit(cursor, after, fetched)
  const moved = Cursor.advance(cursor, admitted, admitted.events.length)
  return { admitted, cursor: admitted.events.length === 0 && admitted.stop ? Cursor.stop(moved, admitted.stop) : moved }
}
/** The cursor after the first so many events. */
const cursorAt = (number: number) => step(start, 0, events.slice(0, number)).cursor
const numbers = (list: ReadonlyArray<Envelope.Envelope>) => list.map(({ number }) => number)

describe("a new cursor", () => {
  it("stands before the first event", () => {
    expect(start).toEqual({ consumer: "test", source: "users", number: 0, digest: origin, stopped: null })
  })
})

describe("admitting", () => {
  it("gives every event once and in order, whatever stretches it is read in and however often", () => {
    // Each reading starts at or before the cursor, as a log is read, and may repeat events on the way.
    const readings = fc.array(
      fc.record({ back: fc.nat({ max: 8 }), count: fc.nat({ max: 12 }), repeat: fc.integer({ min: 1, max: 3 }) }),
      { maxLength: 30 }
    )
    fc.assert(
      fc.property(readings, (all) => {
        let cursor = start
        const applied: Array<number> = []
        for (const { back, count, repeat } of [...all, { back: 0, count: events.length, repeat: 1 }]) {
          const after = Math.max(0, cursor.number - back)
          const fetched = events
            .slice(after, after + count)
            .flatMap((event) => Array.from({ length: repeat }, () => ({ ...event })))
          const { admitted, cursor: next } = step(cursor, after, fetched)
          expect(admitted.stop).toBeNull()
          applied.push(...numbers(admitted.events))
          cursor = next
        }
        expect(applied).toEqual(numbers(events))
        expect(cursor).toEqual({ ...start, number: 30, digest: Envelope.digest(sha256, events[29]!) })
      })
    )
  })

  it("never gives anything but what follows the cursor, whatever order it is handed", () => {
    fc.assert(
      fc.property(fc.nat({ max: 29 }), fc.array(fc.nat({ max: 29 }), { maxLength: 40 }), (applied, indexes) => {
        const cursor = cursorAt(applied)
        const admitted = admit(
          cursor,
          applied,
          indexes.map((index) => events[index]!)
        )
        expect(numbers(admitted.events)).toEqual(admitted.events.map((_, index) => applied + 1 + index))
        expect(admitted.digests).toEqual(admitted.events.map((event) => Envelope.digest(sha256, event)))
      })
    )
  })

  it("stops with a gap before an event that is missing, and gives what comes before it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 29 }), (missing) => {
        const admitted = admit(
          start,
          0,
          events.filter(({ number }) => number !== missing)
        )
        expect(numbers(admitted.events)).toEqual(numbers(events.slice(0, missing - 1)))
        expect(admitted.stop).toMatchObject({ reason: "Gap", number: missing })
      })
    )
  })

  it("stops with a broken digest after an event whose content was changed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 29 }), (changed) => {
        const tampered = events.map((event) =>
          event.number === changed ? { ...event, data: { id: "u1", name: "Mallory", roles: ["admin"] } } : event
        )
        const admitted = admit(start, 0, tampered)
        // The changed event itself is not known to be wrong until the one after it is seen.
        expect(numbers(admitted.events)).toEqual(numbers(events.slice(0, changed)))
        expect(admitted.stop).toMatchObject({ reason: "BrokenDigest", number: changed + 1 })
      })
    )
  })

  it("passes over the event at the cursor, whose digest an operator may have accepted as it is", () => {
    const accepted = { ...cursorAt(5), digest: events[5]!.previous }
    const admitted = admit(accepted, 4, [{ ...events[4]!, actor: "user:mallory" }, events[5]!])
    expect(numbers(admitted.events)).toEqual([6])
    expect(admitted.stop).toBeNull()
  })

  it("stops when the event at the cursor was replaced, at the one that follows the other", () => {
    const replaced = { ...events[4]!, actor: "user:mallory" }
    const next = { ...events[5]!, previous: Envelope.digest(sha256, replaced) }
    const admitted = admit(cursorAt(5), 4, [replaced, next])
    expect(admitted.events).toEqual([])
    expect(admitted.stop).toMatchObject({ reason: "BrokenDigest", number: 6 })
  })

  it("stops with a conflict when one delivery carries an event twice with different content", () => {
    const admitted = admit(start, 0, [events[0]!, events[1]!, { ...events[1]!, actor: "user:mallory" }])
    expect(numbers(admitted.events)).toEqual([1, 2])
    expect(admitted.stop).toMatchObject({ reason: "Conflict", number: 2 })
  })

  it("stops at a producer that was restored from an old backup and went on from there", () => {
    const other = streamOf(10).map((event) => ({ ...event, actor: "user:restored" }))
    expect(
      admit(cursorAt(10), 10, [{ ...events[10]!, previous: Envelope.digest(sha256, other[9]!) }]).stop
    ).toMatchObject({
      reason: "BrokenDigest",
      number: 11
    })
  })

  it("reads nothing after a number that the cursor has not reached", () => {
    expect(admit(cursorAt(5), 6, events.slice(6))).toEqual({ events: [], digests: [], stop: null })
  })

  it("of a stopped stream gives nothing and the reason it stopped for", () => {
    const stop: Cursor.Stop = { reason: "Poisoned", number: 6, message: "cannot be read" }
    const stopped = Cursor.stop(cursorAt(5), stop)
    const admitted = admit(stopped, 5, events.slice(5))
    expect(admitted).toEqual({ events: [], digests: [], stop })
    expect(step(stopped, 5, events.slice(5)).cursor).toBe(stopped)
  })

  it("of nothing says nothing", () => {
    expect(admit(cursorAt(5), 5, [])).toEqual({ events: [], digests: [], stop: null })
  })
})

describe("moving the cursor", () => {
  const admitted = admit(start, 0, events)

  it("goes to the last event that was applied, with its digest", () => {
    expect(Cursor.advance(start, admitted, 7)).toEqual({
      ...start,
      number: 7,
      digest: Envelope.digest(sha256, events[6]!)
    })
  })

  it("by nothing leaves the very same cursor, so that nothing needs to be stored", () => {
    expect(Cursor.advance(start, admitted, 0)).toBe(start)
  })
})
