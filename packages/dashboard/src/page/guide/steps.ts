/**
 * What comes next in a company where nothing has happened yet, by who one is. Pure.
 */
import { knownRoles } from "../session/me.ts"
export type Step = "people" | "tasks" | "wait" | "books"

interface Known {
  readonly roles: ReadonlyArray<string>
  /** How many may get tasks, as far as the caller sees it. */
  readonly workers: number | undefined
}

export const stepsOf = ({ roles, workers }: Known): ReadonlyArray<Step> => {
  const has = (role: string) => roles.includes(role)
  return [
    ...(has("admin") && workers === 0 ? (["people"] as const) : []),
    ...(has("admin") || has("manager") ? (["tasks"] as const) : []),
    ...(has("admin") || has("manager") ? [] : (["wait"] as const)),
    ...(has("accountant") || has("admin") ? (["books"] as const) : [])
  ]
}

/** An id that a server has made: of somebody who came later. */
const isMade = (id: string): boolean => /^[\da-f]{8}-[\da-f]{4}-7/u.test(id)

/** Whom one can become: somebody of each role, the one who sees most first, and whoever was there before the others. */
export const cast = <Person extends { readonly id: string; readonly roles: ReadonlyArray<string> }>(
  everybody: ReadonlyArray<Person>
): ReadonlyArray<Person> => {
  const people = everybody.toSorted((a, b) => Number(isMade(a.id)) - Number(isMade(b.id)))
  const found: Array<Person> = []
  for (const role of knownRoles) {
    const one = people.find((person) => person.roles.includes(role) && !found.includes(person))
    if (one !== undefined) found.push(one)
  }
  return found
}
