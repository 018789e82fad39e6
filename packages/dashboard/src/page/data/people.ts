/**
 * Who there is, for those who may see it: everybody else sees ids, and their own name.
 */
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { seesPeople } from "../session/me.ts"
import { popug, signedIn } from "../session/session.ts"
import { peopleNamed } from "./peopleNamed.ts"
import { useSettled } from "./settled.ts"

export interface Person {
  readonly id: string
  readonly name: string
  readonly roles: ReadonlyArray<string>
  readonly status: "active" | "deactivated"
}

/** So many are known at once; of more, each is asked for by itself, and the server finds them. */
const atOnce = 1_000

/** Everybody, or the first of them by id. */
export const peopleQuery = queryOptions({
  queryKey: ["users", "everybody"],
  queryFn: async ({ signal }) => {
    const people: Array<Person> = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof popug.users.list>> = await popug.users.list(
        { query: { limit: 100, ...(cursor === null ? {} : { cursor }) } },
        { signal }
      )
      people.push(...page.data)
      cursor = page.nextCursor
    } while (cursor !== null && people.length < atOnce)
    return {
      people,
      isWhole: cursor === null,
      byId: new Map<string, Person>(people.map((person) => [person.id, person]))
    }
  },
  staleTime: 5 * 60_000
})

/** Everybody whom the caller may see; nobody until they are known. */
export const usePeople = (): ReadonlyArray<Person> =>
  useQuery({ ...peopleQuery, enabled: seesPeople(signedIn()) }).data?.people ?? []

/** So many are shown to choose from. */
const foundAtMost = 60

/** Those whose name or id has the words, by name; of a company that is not known at once the server finds them. */
export const useFoundPeople = (words: string): ReadonlyArray<Person> => {
  const everybody = useQuery({ ...peopleQuery, enabled: seesPeople(signedIn()) }).data
  const search = useSettled(words)
  const isWhole = everybody === undefined || everybody.isWhole || words.trim() === ""
  const found = useQuery({
    queryKey: ["users", "found", search],
    queryFn: async ({ signal }) => {
      const people: Array<Person> = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof popug.users.list>> = await popug.users.list(
          { query: { search, limit: foundAtMost, ...(cursor === null ? {} : { cursor }) } },
          { signal }
        )
        people.push(...page.data)
        cursor = page.nextCursor
      } while (cursor !== null && people.length < foundAtMost)
      return people
    },
    enabled: !isWhole && search.trim() !== "",
    placeholderData: keepPreviousData
  }).data
  const people = isWhole ? everybody?.people : found
  return useMemo(() => peopleNamed(people ?? [], words), [people, words])
}

/** The name of whoever is known, for rows that there are many of: asked for once. */
export const useNames = (): ((id: string) => string | undefined) => {
  const me = signedIn()
  const everybody = useQuery({ ...peopleQuery, enabled: seesPeople(me) }).data?.byId
  return (id) => (id === me.id ? me.name : everybody?.get(id)?.name)
}

/** What somebody is called, as far as the caller may know it. */
export const useName = (id: string): string => {
  const me = signedIn()
  const everybody = useQuery({ ...peopleQuery, enabled: seesPeople(me) }).data?.byId
  const isUnknown = seesPeople(me) && everybody !== undefined && !everybody.has(id) && id !== ""
  const alone = useQuery({
    queryKey: ["users", "one", id],
    queryFn: ({ signal }) => popug.users.get({ params: { id } }, { signal }),
    enabled: isUnknown,
    staleTime: 5 * 60_000
  })
  return id === me.id ? me.name : (everybody?.get(id)?.name ?? alone.data?.body.name ?? id)
}
