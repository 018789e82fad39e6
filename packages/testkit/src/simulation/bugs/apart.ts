/**
 * Mistakes of contexts that run apart.
 */
import { Directory, type DirectoryEntry, TaskStore, type UserId, UserStore } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Bug } from "./Bug.ts"

const leaseNanos = 5_000_000_000n

const countsFromTheAnswer: Bug = {
  name: "counts from the answer",
  description: "a lease is counted from the arrival of the answer, however long that took",
  apart: ({ told }) => ({
    directory: Layer.effect(
      Directory,
      Effect.map(Clock.Clock, (clock) => {
        const held = new Map<string, DirectoryEntry & { readonly until: bigint }>()
        const lookup: Directory["Service"]["lookup"] = Effect.fnUntraced(function* (ids) {
          const found = ids.map((id) => held.get(id))
          const now = clock.monotonicTimeNanosUnsafe()
          if (found.every((entry) => entry !== undefined && entry.until > now)) return found.map((entry) => entry!)
          const entries = yield* told.directory.lookup(ids)
          const until = clock.monotonicTimeNanosUnsafe() + leaseNanos
          const leased = entries.map((entry) => ({ ...entry, until }))
          for (const entry of leased) held.set(entry.id, entry)
          return leased
        })
        return { lookup, held: () => Effect.succeed([]) }
      })
    )
  })
}

const looksAtTheAgeEarly: Bug = {
  name: "looks at the age early",
  description: "how old a lease is by the time the head is held is not looked at",
  apart: ({ directory }) => ({
    directory: Layer.effect(
      Directory,
      Effect.map(Directory, (leased) => ({
        ...leased,
        lookup: (ids) =>
          Effect.map(leased.lookup(ids), (entries) => entries.map(({ id, roles, status }) => ({ id, roles, status })))
      }))
    ).pipe(Layer.provide(directory))
  })
}

const looksUpUnderTheHead: Bug = {
  name: "looks up under the head",
  description: "another context is asked while the head is held",
  apart: ({ ports, told }) => {
    const store = Context.get(ports, TaskStore)
    return {
      ports: Context.add(ports, TaskStore, {
        ...store,
        transact: (body) =>
          store.transact((tx) => Effect.andThen(Effect.ignore(told.directory.lookup(["admin"])), body(tx)))
      })
    }
  }
}

const goesByItsCopy: Bug = {
  name: "goes by its copy of the users",
  description: "who acts is looked up in the tasks' own copy of the users, which may be long behind",
  apart: ({ ports }) => {
    const store = Context.get(ports, TaskStore)
    const members = Effect.map(store.members({ limit: 10_000 }), ({ rows }) => rows)
    return {
      directory: Layer.succeed(Directory, {
        lookup: (ids) => Effect.map(members, (rows) => rows.filter(({ id }) => ids.includes(id)))
      })
    }
  }
}

const readsTheUsersTable: Bug = {
  name: "reads the users' table",
  description: "who acts is looked up in the users' table of its own database, where nobody writes",
  apart: ({ ports }) => ({
    directory: Layer.succeed(Directory, {
      lookup: (ids) => Context.get(ports, UserStore).get(ids as ReadonlyArray<UserId>)
    })
  })
}

/** All of them, by their names. */
export const bugsApart: ReadonlyArray<Bug> = [
  countsFromTheAnswer,
  looksAtTheAgeEarly,
  looksUpUnderTheHead,
  goesByItsCopy,
  readsTheUsersTable
]
