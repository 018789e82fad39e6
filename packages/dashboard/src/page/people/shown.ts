/**
 * Which people are looked at, as the address says it.
 */
import { peopleNamed } from "../data/peopleNamed.ts"
import { knownRoles } from "../session/me.ts"

interface Person {
  readonly id: string
  readonly name: string
  readonly roles: ReadonlyArray<string>
  readonly status: "active" | "deactivated"
}

export interface Shown {
  readonly status: "active" | "deactivated" | "all"
  readonly role: string
  readonly search: string
}

export const shownOf = (query: URLSearchParams): Shown => {
  const status = query.get("status")
  return {
    status: status === "deactivated" || status === "all" ? status : "active",
    role: query.get("role") ?? "",
    search: query.get("q") ?? ""
  }
}

/** The people with all the words in their name or id, in the order of names. */
export const peopleIn = <P extends Person>(
  people: ReadonlyArray<P>,
  { role, search, status }: Shown
): ReadonlyArray<P> =>
  peopleNamed(
    people.filter(
      (person) => (status === "all" || person.status === status) && (role === "" || person.roles.includes(role))
    ),
    search
  )

/** The roles that there are: popug's own first, then the company's. */
export const rolesOf = (people: ReadonlyArray<Pick<Person, "roles">>): ReadonlyArray<string> => {
  const others = new Set(
    people.flatMap(({ roles }) => roles).filter((role) => !knownRoles.some((known) => known === role))
  )
  return [...knownRoles, ...[...others].toSorted()]
}
