/** A worker who chooses ids: with everything that is public, and with what he has seen. */
import { describe, expect, it } from "vitest"
import { draw, drawKey, origin } from "../../src/values/Digest.ts"
import { act, board, holders, workers } from "../support/board.ts"
import { active, sha256, taskId } from "../support/given.ts"

const secret = "3f8a1c5e9b2d7f60"
const people = 10
const count = 500
/** 99.9 % of uniform samples stay below, with 9 degrees of freedom. */
const chiSquareLimit = 27.9
/** 99.99 % of binomial samples of 500 at one in ten stay within 50 +- this. */
const spread = 27

const chiSquare = (counts: ReadonlyArray<number>) =>
  counts.reduce((sum, n) => sum + (n - count / people) ** 2 / (count / people), 0)

/** How often each worker got one of the tasks. */
const countsOf = (ids: ReadonlyArray<string>) => {
  const on = board({ members: workers(people), secret })
  act(on, { _tag: "Create", tasks: ids.map((id) => ({ id: taskId(id), title: id })) }, active("w000", "worker"))
  const counts = new Map(workers(people).map(({ id }) => [id as string, 0]))
  for (const holder of Object.values(holders(on))) counts.set(holder!, counts.get(holder!)! + 1)
  return [...counts.values()]
}

/** The first ids that fall on a place by a draw that anybody can compute. */
const chosen = (guess: (id: string) => number, place: number): ReadonlyArray<string> => {
  const ids: Array<string> = []
  for (let index = 0; ids.length < count; index++) {
    if (Math.floor(guess(`x${index}`) * people) === place) ids.push(`x${index}`)
  }
  return ids
}

/** A digest without any key, as the first design had it. */
const unkeyed = (parts: ReadonlyArray<string | number>) =>
  parseInt(sha256(JSON.stringify(parts)).slice(0, 12), 16) / 2 ** 48

const guesses: Record<string, (id: string) => number> = {
  "the id alone": (id) => unkeyed([id, 1, 0]),
  "the former public seed": (id) => unkeyed(["popug", id, 1, 0]),
  "the company's id": (id) => draw(sha256, "popug", "assignee", [id, 1, 0]),
  "the company's id as its secret": (id) => draw(sha256, drawKey(sha256, "popug", "popug"), "assignee", [id, 1, 0]),
  "no secret": (id) => draw(sha256, drawKey(sha256, "popug", ""), "assignee", [id, 1, 0]),
  "no key": (id) => draw(sha256, "", "assignee", [id, 1, 0]),
  "the chain's origin": (id) => draw(sha256, origin, "assignee", [id, 1, 0]),
  "another company of the same secret": (id) =>
    draw(sha256, drawKey(sha256, "sandbox", secret), "assignee", [id, 1, 0]),
  "the fee that it will cost": (id) => draw(sha256, drawKey(sha256, "popug", secret), "price", [id, "fee"]),
  "the award that it will earn": (id) => draw(sha256, drawKey(sha256, "popug", secret), "price", [id, "award"]),
  "the assignment after": (id) => draw(sha256, drawKey(sha256, "popug", secret), "assignee", [id, 2, 0]),
  "the next shuffle": (id) => draw(sha256, drawKey(sha256, "popug", secret), "assignee", [id, 1, 1])
}

describe("a worker who chooses 500 ids", () => {
  it.each(Object.keys(guesses))("by %s finds them spread evenly, not on himself or on a victim", (name) => {
    for (const place of [0, 7]) {
      const counts = countsOf(chosen(guesses[name]!, place))
      expect(chiSquare(counts)).toBeLessThan(chiSquareLimit)
      expect(Math.abs(counts[place]! - count / people)).toBeLessThan(spread)
    }
  })

  it("gets what he wants with the secret alone: the attack is one", () => {
    const key = drawKey(sha256, "popug", secret)
    const counts = countsOf(chosen((id) => draw(sha256, key, "assignee", [id, 1, 0]), 7))
    expect(counts).toEqual(workers(people).map((_, index) => (index === 7 ? count : 0)))
  })

  it("can't move a draw by titles, order, batches or the time", () => {
    const ids = Array.from({ length: 60 }, (_, index) => taskId(`t${index}`))
    const once = board({ members: workers(people), secret })
    act(once, { _tag: "Create", tasks: ids.map((id) => ({ id, title: "a" })) })
    const otherwise = board({ members: workers(people), secret, now: "2026-11-22T23:59:59Z" })
    for (const id of ids.toReversed()) {
      act(otherwise, { _tag: "Create", tasks: [{ id, title: "z", jiraId: "A-1" }] }, active("w003", "worker"))
    }
    expect(holders(otherwise)).toEqual(holders(once))
  })
})
