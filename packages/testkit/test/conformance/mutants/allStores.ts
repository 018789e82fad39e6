/**
 * What can be wrong with stores that share a database.
 */
import {
  BillingStore,
  type CursorStore,
  EventLog,
  type ForgetCommands,
  type Ports,
  TaskStore,
  UserStore
} from "@popug/core"
import { Memory } from "@popug/memory"
import { allStores } from "@popug/testkit/conformance"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { opensItself } from "./headStores.ts"
import { mutants, over } from "./Mutant.ts"

interface Three {
  readonly users: UserStore["Service"]
  readonly tasks: TaskStore["Service"]
  readonly billing: BillingStore["Service"]
}

/** The memory adapter with what is wrong about several of its stores. */
const together = (mutilate: (three: Three) => Partial<Three>): Layer.Layer<Ports | CursorStore> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const three = { users: yield* UserStore, tasks: yield* TaskStore, billing: yield* BillingStore }
      const { billing, tasks, users } = { ...three, ...mutilate(three) }
      return Context.make(UserStore, users).pipe(Context.add(TaskStore, tasks), Context.add(BillingStore, billing))
    })
  ).pipe(Layer.provideMerge(Memory.layer))

const oneLock = ({ billing, tasks, users }: Three): Three => {
  const lock = Semaphore.makeUnsafe(1)
  return {
    users: { ...users, transact: (body) => Semaphore.withPermit(lock, users.transact(body)) },
    tasks: { ...tasks, transact: (body) => Semaphore.withPermit(lock, tasks.transact(body)) },
    billing: { ...billing, transact: (body) => Semaphore.withPermit(lock, billing.transact(body)) }
  }
}

/** Finds the users' commands among the tasks' too. */
const oneSpace = ({ tasks, users }: Three): Partial<Three> => ({
  tasks: {
    ...tasks,
    transact: (body) =>
      tasks.transact((tx) =>
        body({
          ...tx,
          load: (query) =>
            Effect.gen(function* () {
              const loaded = yield* tx.load(query)
              const { commands } = yield* users.transact((of) => of.load({ users: [], commands: query.commands }))
              return { ...loaded, commands: new Map([...loaded.commands, ...commands]) }
            })
        })
      )
  }
})

/** One context's forgetting is that of all. */
const forgetsAll =
  (name: keyof Three) =>
  (three: Three): Partial<Three> => {
    const forgetCommands: ForgetCommands = (age, limit) =>
      Effect.gen(function* () {
        for (const store of Object.values(three)) {
          if (store !== three[name]) yield* (store as Three["users"]).forgetCommands(age, limit)
        }
        return yield* three[name].forgetCommands(age, limit)
      })
    return { [name]: { ...three[name], forgetCommands } }
  }

/** The users are kept in a place of their own, which knows nothing of the others. */
const usersApart: Layer.Layer<Ports | CursorStore> = Layer.effect(
  UserStore,
  Effect.provide(UserStore, Memory.layer, { local: true })
).pipe(Layer.provideMerge(Memory.layer))

export const stores = mutants(allStores, Memory.layer, [
  {
    name: "opens each context for whom it likes",
    breaks: [
      "the contexts of one database are opened for one company, whichever is the first",
      "what one context adopts is the company's in all of them"
    ],
    layer: usersApart
  },
  {
    name: "opens a context for whoever comes first",
    breaks: ["each context is opened by itself"],
    layer: over(TaskStore, (store) => opensItself(store as never) as never)
  },
  {
    name: "locks all heads at once",
    breaks: [
      "nobody waits for a transaction of users, and nobody makes it stale",
      "nobody waits for a transaction of tasks, and nobody makes it stale",
      "nobody waits for a transaction of billing, and nobody makes it stale"
    ],
    layer: together(oneLock)
  },
  {
    name: "has one space of command ids",
    breaks: ["one command id in three contexts is three commands"],
    layer: together(oneSpace)
  },
  ...(["users", "tasks", "billing"] as const).map((name) => ({
    name: `forgets the commands of all with those of ${name}`,
    breaks: [`${name === "billing" ? "billing's" : `${name}'`} forgetting leaves the commands of others` as never],
    layer: together(forgetsAll(name))
  })),
  {
    name: "has one table of users",
    breaks: ["one id in all contexts names a thing in each"],
    layer: together(({ billing, users }) => ({
      billing: { ...billing, holders: (ids) => users.get(ids) as ReturnType<typeof billing.holders> }
    }))
  },
  {
    name: "mixes the streams",
    breaks: ["each context has a stream of its own, from number 1"],
    layer: over(EventLog, ({ read }) => ({ read: (_, after, limit) => read("users", after, limit) }))
  }
])
