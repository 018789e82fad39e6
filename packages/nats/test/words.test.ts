import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import { PopugNats } from "../src/Nats.ts"
import * as Words from "../src/Words.ts"
import { build, connection, events, options, shelf } from "./support.ts"

it("says which company's stream has something new, once to one process, and again what could not be handled", () =>
  Effect.gen(function* () {
    const given = options()
    const shared = yield* Layer.build(connection(given))
    const over = Layer.succeedContext(shared)
    const newest = new Map<string, number>()
    let times = 0
    const handle = (words: ReadonlyArray<Words.Word>) =>
      Effect.suspend(() => {
        times += 1
        // A company may be known a moment later.
        if (times === 1) return Effect.fail("not now")
        for (const { company, number, source } of words) newest.set(`${company} ${source}`, number)
        return Effect.void
      })
    yield* Effect.forkScoped(Words.listen(Context.get(shared, PopugNats).link, "words", handle))
    for (const company of ["a", "b"]) {
      const bus = yield* build(shelf(), over, company)
      yield* bus.publish(events("tasks", 1, 100))
      yield* bus.publish(events("users", 1, 3))
    }
    while (newest.get("a tasks") !== 100 || newest.get("b tasks") !== 100 || newest.size < 4)
      yield* Effect.sleep("5 millis")
    expect(Object.fromEntries(newest)).toEqual({ "a tasks": 100, "a users": 3, "b tasks": 100, "b users": 3 })
  }).pipe(Effect.scoped, Effect.runPromise))
