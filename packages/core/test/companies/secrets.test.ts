import { createHmac } from "node:crypto"
import { Actor, BillingStore, Companies, CompanySecrets, Consumers, Tasks, TaskStore, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { onNode, within } from "./host.ts"

const ids = Array.from({ length: 60 }, (_, index) => `task-${index}`)

/** The same people and tasks in whichever company: what each task is priced at, and on whom it fell. */
const drawn = Effect.gen(function* () {
  yield* (yield* Users).create(
    Actor.system,
    Array.from({ length: 8 }, (_, index) => ({ id: `worker-${index}`, name: "Popug", roles: ["worker"] }))
  )
  yield* (yield* Consumers).settle
  yield* (yield* Tasks).create(
    Actor.system,
    ids.map((id) => ({ id, title: "Mend the roof" }))
  )
  yield* (yield* Consumers).settle
  const { rows: prices } = yield* (yield* BillingStore).prices({}, { limit: 100 })
  const { rows: tasks } = yield* (yield* TaskStore).list({}, { limit: 100 })
  return {
    prices: prices.map(({ award, fee, task }) => `${task} ${fee} ${award}`).sort(),
    holders: tasks.map(({ assignee, id }) => `${id} ${assignee}`).sort()
  }
})

const alike = (one: ReadonlyArray<string>, other: ReadonlyArray<string>) =>
  one.filter((each) => other.includes(each)).length

describe("a tenant that uses another's ids of people and tasks", () => {
  it("learns nothing of its prices, nor of whom its tasks fall on", () =>
    onNode(() =>
      Effect.gen(function* () {
        const companies = yield* Companies
        yield* companies.open([{ id: "acme" }, { id: "zoo" }])
        const [acme, zoo] = [yield* within("acme", drawn), yield* within("zoo", drawn)]
        expect(acme.prices).toHaveLength(ids.length)
        expect(alike(acme.prices, zoo.prices)).toBe(0)
        // One in eight by chance.
        expect(alike(acme.holders, zoo.holders)).toBeLessThan(25)
      })
    ))
})

describe("secrets of companies", () => {
  const secretOf = (key: string, company: string) =>
    Effect.flatMap(CompanySecrets, (secrets) => secrets.of(company)).pipe(
      Effect.map(Redacted.value),
      Effect.provide(Memory.layerSecrets(Redacted.make(key))),
      Effect.runPromise
    )

  it("are derived as RFC 5869 says", async () => {
    // Without salt: a block of zeros. One block is all that is expanded.
    const extracted = createHmac("sha256", Buffer.alloc(32)).update("the key").digest()
    const info = Buffer.from("popug company secret acme")
    const expected = createHmac("sha256", extracted)
      .update(Buffer.concat([info, Buffer.from([1])]))
      .digest("hex")
    expect(await secretOf("the key", "acme")).toBe(expected)
  })

  it("differ from company to company, and from key to key", async () => {
    const secrets = await Promise.all([
      secretOf("the key", "acme"),
      secretOf("the key", "zoo"),
      secretOf("another key", "acme")
    ])
    expect(new Set(secrets).size).toBe(3)
  })
})
