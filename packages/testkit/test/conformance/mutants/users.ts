import { UserStore } from "@popug/core"
import { Memory } from "@popug/memory"
import { userStore } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import { type HeadStore, headStores, onLoad, onSave } from "./headStores.ts"
import { inOrderOf, mangles } from "./mangles.ts"
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
    name: "loads users without their names",
    breaks: ["loads those of the users that exist, each once, as they were saved"],
    layer: build(
      onLoad(({ users }: { readonly users: ReadonlyArray<object> }) => ({
        users: users.map((user) => ({ ...user, name: "" }))
      }))
    )
  },
  {
    name: "gets a user as often as it is asked",
    breaks: ["loads those of the users that exist, each once, as they were saved"],
    layer: over(UserStore, ({ get }) => ({
      get: (ids) =>
        Effect.map(
          Effect.forEach(ids, (id) => get([id])),
          (users) => users.flat()
        )
    }))
  },
  {
    name: "lists users by name",
    breaks: ["lists users by id in byte order, in pages without gaps or doubles"],
    layer: over(UserStore, ({ list }) => ({
      list: (filter, paging) =>
        Effect.map(list(filter, { limit: 1_000 }), ({ rows }) =>
          inOrderOf(
            rows,
            ({ name }) => name,
            ({ id }) => id,
            paging
          )
        )
    }))
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
