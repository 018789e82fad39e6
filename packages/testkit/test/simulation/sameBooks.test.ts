import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "vitest"
import { Bugs, Simulation } from "../../src/simulation/index.ts"

const quiet = { seed: 4, faults: {}, lockstep: true } as const
const { booked } = Simulation.run(quiet)

describe("the books of two runs", () => {
  test("are the same over two stores, in lockstep and without faults", async () => {
    const elsewhere = await Effect.runPromise(Simulation.runOn(Memory.layer, quiet))
    expect(booked!.transfers.length).toBeGreaterThan(0)
    expect(Simulation.sameBooks({ booked }, elsewhere)).toEqual({ same: true, difference: null })
  })

  test("differ first in what caused the rest", () => {
    const { difference, same } = Simulation.sameBooks({ booked }, Simulation.run({ ...quiet, seed: 5 }))
    expect(same).toBe(false)
    expect(difference).toMatch(/^event of users \d+ is \{.*\} in the first run, \{.*\} in the second$/)
  })

  test.each([
    ["transfer 3", { transfers: booked!.transfers.map((one, index) => (index === 2 ? { ...one, amount: 1n } : one)) }],
    [`transfer ${booked!.transfers.length}`, { transfers: booked!.transfers.slice(0, -1) }],
    ["closed period 1", { closed: booked!.closed.map((one) => ({ ...one, seal: "another" })) }],
    ["account 1", { accounts: [] }],
    ["shuffle 1", { shuffles: [{ ...booked!.shuffles[0]!, fees: 1n }, ...booked!.shuffles.slice(1)] }],
    ["balance 1", { balances: new Map([...booked!.balances].slice(1)) }]
  ])("differ in %s", (place, change) => {
    const { difference } = Simulation.sameBooks({ booked }, { booked: { ...booked!, ...change } })
    expect(difference).toMatch(new RegExp(`^${place} is \\S`))
  })

  test("say what one of them lacks", () => {
    const { difference } = Simulation.sameBooks({ booked }, { booked: { ...booked!, tasks: [] } })
    expect(difference).toMatch(/^task 1 is \{.*\} in the first run, missing in the second$/)
  })

  test("differ when a mistake is built in", () => {
    const bug = Bugs.all.find(({ name }) => name === "charges on redelivery")!
    const wrong = Simulation.run({ seed: 14, bug, byHand: false, faults: { loseAcknowledgement: 0.5 } })
    const right = Simulation.run({ seed: 14, byHand: false, faults: { loseAcknowledgement: 0.5 } })
    expect(wrong.violations.length).toBeGreaterThan(0)
    expect(Simulation.sameBooks(right, wrong).same).toBe(false)
  })

  test("are not compared when a run did not come to its end", () => {
    expect(Simulation.sameBooks({ booked }, { booked: null }).difference).toBe("the second run did not come to its end")
  })
})
