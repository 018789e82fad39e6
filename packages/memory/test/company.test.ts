import {
  Account,
  Actor,
  BillingStore,
  Company,
  Consumers,
  Ids,
  Notifier,
  Popug,
  Tasks,
  TaskStore,
  Users
} from "@popug/core"
import { HostileBus, Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"

const company = (ports: typeof Memory.layer) =>
  Popug.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(ports, Company.layer({ secret: "s" }), Ids.layer, Notifier.layerLog))
  )
const hostile = HostileBus.layer({ seed: "1", longestDelay: "5 millis" }).pipe(Layer.provideMerge(Memory.layer))

describe.each([
  ["a tame bus", Memory.layer],
  ["a hostile bus", hostile]
] as const)("a company in memory with %s", (_, ports) => {
  it("books what its tasks cost", () =>
    Effect.gen(function* () {
      const users = yield* Users
      const tasks = yield* Tasks
      const consumers = yield* Consumers
      yield* users.create(
        Actor.system,
        Array.from({ length: 5 }, (_, i) => ({ id: `u${i}`, name: `u${i}`, roles: ["worker"] }))
      )
      yield* consumers.settle
      for (let i = 0; i < 10; i++) {
        const made = yield* tasks.create(
          Actor.system,
          Array.from({ length: 200 }, (_, j) => ({ id: `t${i}.${j}`, title: `task ${i}.${j}` }))
        )
        yield* consumers.awaitApplied("billing", made.number)
      }
      const { answer } = yield* tasks.shuffle(Actor.system)
      yield* consumers.settle
      const sums = yield* (yield* BillingStore).sums
      expect(Account.balance(sums.popugs) + Account.balance(sums.fees) + Account.balance(sums.awards)).toBe(0n)
      expect(sums.inTheRed).toBe(5)
      expect((yield* (yield* TaskStore).head).number).toBe(4000 + 1 + answer.reassigned)
    }).pipe(Effect.provide(company(ports)), Effect.scoped, Effect.runPromise))
})

describe("a company that is asked for while another one is open", () => {
  const of = (id: string, ports: typeof Memory.layer) =>
    Popug.layer.pipe(
      Layer.provideMerge(Layer.mergeAll(ports, Company.layer({ id, secret: "s" }), Ids.layer, Notifier.layerLog))
    )
  const hire = (name: string) =>
    Effect.flatMap(Users, (users) => users.create(Actor.system, [{ id: "olga", name, roles: ["worker"] }]))
  const olga = Effect.flatMap(Users, (users) => users.get(Actor.system, "olga"))

  it("gets its own services", () =>
    Effect.gen(function* () {
      yield* hire("Olga")
      const other = Effect.provide(Effect.andThen(hire("Olga of the zoo"), olga), of("zoo", Layer.fresh(Memory.layer)))
      expect((yield* other).name).toBe("Olga of the zoo")
      expect((yield* olga).name).toBe("Olga")
    }).pipe(Effect.provide(of("acme", Memory.layer)), Effect.runPromise))

  it("is refused by ports that belong to the other one", () =>
    Effect.gen(function* () {
      yield* hire("Olga")
      const error = yield* Effect.flip(Effect.provide(hire("Olga of the zoo"), of("zoo", Memory.layer)))
      expect(error._tag).toBe("CompanyMismatch")
    }).pipe(Effect.provide(of("acme", Memory.layer)), Effect.runPromise))
})
