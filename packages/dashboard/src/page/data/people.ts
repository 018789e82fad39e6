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
    let isWhole = true
    for await (const person of popug.rows((at) => popug.users.list({ query: { limit: 100, ...at } }, { signal }))) {
      isWhole = people.length < atOnce
      if (!isWhole) break
      people.push(person)
    }
    return { people, isWhole, byId: new Map(people.map((person) => [person.id, person])) }
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
      const list = (at: { readonly cursor?: string }) =>
        popug.users.list({ query: { search, limit: foundAtMost, ...at } }, { signal })
      for await (const person of popug.rows(list)) if (people.push(person) === foundAtMost) break
      return people
    },
    enabled: !isWhole && search.trim() !== "",
    placeholderData: keepPreviousData
  }).data
  const people = isWhole ? everybody?.people : found
  return useMemo(() => peopleNamed(people ?? [], words), [people, words])
}

/** Somebody by themselves, with the tag of what was seen of them. */
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", "one", id],
    queryFn: async ({ signal }) => (await popug.users.get({ params: { id } }, { signal })) ?? null
  })

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
  const alone = useQuery({ ...personQuery(id), enabled: isUnknown, staleTime: 5 * 60_000 })
  return id === me.id ? me.name : (everybody?.get(id)?.name ?? alone.data?.body.name ?? id)
}
