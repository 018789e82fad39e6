import { Actor, Books, Companies, Reports, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { onNode, within } from "./host.ts"

const workers = (names: ReadonlyArray<string>) =>
  Effect.flatMap(Users, (users) =>
    users.create(
      Actor.system,
      names.map((name) => ({ id: name, name, roles: ["worker"] }))
    )
  )
const create = (ids: ReadonlyArray<string>) =>
  Effect.flatMap(Tasks, (tasks) =>
    tasks.create(
      Actor.system,
      ids.map((id) => ({ id, title: `mend ${id}` }))
    )
  )
const reports = Effect.flatMap(Reports, (all) => all.daily(Actor.system, {}))

describe("a node that works for all companies", () => {
  it("ends their days where each is, closes them, and sends what there is to send", () =>
    onNode((_, outbox) =>
      Effect.gen(function* () {
        const companies = yield* Companies
        yield* companies.open([
          { id: "prague", timeZone: "Europe/Prague" },
          { id: "utc" },
          { id: "new-york", timeZone: "America/New_York" }
        ])
        for (const id of ["prague", "utc", "new-york"]) {
          yield* within(id, Effect.andThen(workers(["olga", "ivan"]), create(["a", "b", "c"])))
        }
        yield* companies.serve
        expect(outbox).toEqual([])
        yield* TestClock.setTime(Date.parse("2031-04-05T22:30:00Z"))
        // Prague's day is over, and what comes of it is done in the same round.
        expect(yield* companies.serve).toBeGreaterThan(0)
        expect(yield* companies.serve).toBe(0)
        expect((yield* within("prague", reports)).rows).toHaveLength(1)
        expect((yield* within("utc", reports)).rows).toHaveLength(0)
        expect(new Set(outbox.map(([id]) => id))).toEqual(new Set(["prague"]))
        yield* TestClock.setTime(Date.parse("2031-04-06T12:00:00Z"))
        yield* companies.serve
        for (const id of ["utc", "new-york"]) expect((yield* within(id, reports)).rows).toHaveLength(1)
        const states = yield* companies.status(["prague", "utc", "new-york"])
        expect(states.flatMap(({ health }) => health!.consumers.filter(({ behind }) => behind > 0))).toEqual([])
        yield* within(
          "utc",
          Effect.flatMap(Books, (books) => books.trialBalance(Actor.system))
        )
      })
    ))
})
