import { UserStore } from "@popug/core"
import { Memory } from "@popug/memory"
import { userStore } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import { type HeadStore, headStores, onSave } from "./headStores.ts"
import { mangles } from "./mangles.ts"
import { mutants, over, without } from "./Mutant.ts"

const build = (mutilate: (store: HeadStore) => Partial<HeadStore>) =>
  over(UserStore, (store) => mutilate(store as unknown as HeadStore) as unknown as Partial<typeof store>)

export const users = mutants(userStore, Memory.layer, [
  ...headStores(build),
  {
    name: "gets one user only",
    breaks: ["gets those of the users that exist, as they were saved"],
    layer: over(UserStore, ({ get }) => ({ get: (ids) => get(ids.slice(0, 1)) }))
  },
  {
    name: "keeps the first row of a user",
    breaks: ["a user saved again is replaced whole"],
    layer: build((store) => {
      const seen = new Set<string>()
      return onSave((changes) => ({
        ...changes,
        users: (changes as unknown as { users: ReadonlyArray<{ id: string }> }).users.filter(
          ({ id }) => !seen.has(id) && seen.add(id)
        )
      }))(store)
    })
  },
  ...Object.entries(mangles).map(([name, mangle]) => ({
    name: `users: ${name}`,
    breaks: ["lists users by id in byte order, in pages without gaps or doubles" as const],
    layer: over(UserStore, ({ list }) => ({
      list: (filter, paging) => Effect.map(list(filter, paging), (page) => mangle(page, paging.limit))
    }))
  })),
  ...(["role", "status"] as const).map((key) => ({
    name: `ignores the ${key} asked for`,
    breaks: ["lists exactly the users of a status and a role" as const],
    layer: over(UserStore, ({ list }) => ({
      list: (filter, paging) => list(without(filter, key), paging)
    }))
  }))
])
