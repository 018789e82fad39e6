import { type ExternalIdentity, Head, type User, UserStore } from "@popug/core"
import { Memory } from "@popug/memory"
import { userStore } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import { type HeadStore, headStores, onLoad, onSave } from "./headStores.ts"
import { inOrderOf, mangles } from "./mangles.ts"
import { mutants, over, without } from "./Mutant.ts"

const build = (mutilate: (store: HeadStore) => Partial<HeadStore>) =>
  over(UserStore, (store) => mutilate(store as unknown as HeadStore) as unknown as Partial<typeof store>)

type Match = (asked: ExternalIdentity, has: ExternalIdentity) => boolean

/** Finds users by comparing identities in another way. */
const byIdentity = (match: Match) =>
  over(UserStore, ({ list }) => ({
    byIdentity: (asked) =>
      Effect.map(list({}, { limit: 1_000 }), ({ rows }) =>
        rows.filter(({ identities = [] }) => identities.some((has) => asked.some((one) => match(one, has))))
      )
  }))

export const users = mutants(userStore, Memory.layer, [
  ...headStores(build),
  {
    name: "tells the head of an empty stream",
    breaks: ["tells the head as it was committed"],
    layer: over(UserStore, ({ head }) => ({ head: Effect.map(head, ({ at }) => Head.initial(at)) }))
  },
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
  {
    name: "finds users by subject, whoever the issuer is",
    breaks: ["finds users by identity, each once and to the letter, and returns their identities as they were saved"],
    layer: byIdentity((asked, has) => asked.subject === has.subject)
  },
  {
    name: "finds users by identities in any case",
    breaks: ["finds users by identity, each once and to the letter, and returns their identities as they were saved"],
    layer: byIdentity(
      (asked, has) => asked.issuer === has.issuer && asked.subject.toLowerCase() === has.subject.toLowerCase()
    )
  },
  {
    name: "finds users by identities that are normalised",
    breaks: ["finds users by identity, each once and to the letter, and returns their identities as they were saved"],
    layer: byIdentity(
      (asked, has) => asked.issuer === has.issuer && asked.subject.normalize("NFC") === has.subject.normalize("NFC")
    )
  },
  {
    name: "finds one user by identities",
    breaks: ["finds users by identity, each once and to the letter, and returns their identities as they were saved"],
    layer: over(UserStore, ({ byIdentity }) => ({ byIdentity: (asked) => byIdentity(asked.slice(0, 1)) }))
  },
  {
    name: "loads nobody by identity",
    breaks: ["finds users by identity, each once and to the letter, and returns their identities as they were saved"],
    layer: over(UserStore, ({ transact }) => ({
      transact: (body) => transact((tx) => body({ ...tx, load: (query) => tx.load({ ...query, identities: [] }) }))
    }))
  },
  {
    name: "lets the last who claims an identity have it",
    breaks: ["an identity is of one user alone, and goes from one to another in one commit"],
    layer: build((store) => {
      const holders = new Map<string, string>()
      return onSave((changes) => {
        const { users } = changes as unknown as { users: ReadonlyArray<User.User> }
        for (const { id, identities = [] } of users) for (const one of identities) holders.set(JSON.stringify(one), id)
        return {
          ...changes,
          users: users.map(({ identities = [], ...user }) => {
            const kept = identities.filter((one) => holders.get(JSON.stringify(one)) === user.id)
            return kept.length === 0 ? user : { ...user, identities: kept }
          })
        } as typeof changes
      })(store)
    })
  },
  {
    name: "takes an identity of one user twice",
    breaks: ["an identity is of one user alone, and goes from one to another in one commit"],
    layer: build(
      onSave((changes) => {
        const { users } = changes as unknown as { users: ReadonlyArray<User.User> }
        const once = ({ identities = [], ...user }: User.User) => {
          const keys = identities.map((one) => JSON.stringify(one))
          const first = identities.filter((_, index) => keys.indexOf(keys[index]!) === index)
          return first.length === 0 ? user : { ...user, identities: first }
        }
        return { ...changes, users: users.map(once) } as typeof changes
      })
    )
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
