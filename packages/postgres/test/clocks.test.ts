import { TaskStore, UserStore } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { fresh } from "./support.ts"
import { identity, saveUsers } from "./users.ts"
import { wrongBy } from "./wrongClock.ts"

const day = 86_400_000

it.each([40 * day, -3 * 3_600_000])(
  "a process clock that is wrong by %i ms decides nothing about stored instants",
  (by) =>
    Effect.gen(function* () {
      const [users, tasks] = [yield* UserStore, yield* TaskStore]
      yield* users.open(identity)
      yield* tasks.open(identity, () => "2026-11-23" as never)
      yield* saveUsers(users, "a")
      expect(yield* users.forgetCommands(Duration.days(30), 10)).toBe(0)
      const shown = (yield* tasks.now).epochMilliseconds - (yield* Clock.currentTimeMillis)
      expect(Math.abs(shown + by)).toBeLessThan(600_000)
    }).pipe((effect) => wrongBy(by, effect), Effect.provide(fresh({ clock: "database" })), Effect.runPromise)
)
