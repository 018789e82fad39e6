/**
 * What a refusal comes to as texts: which, and what they are filled in with. Pure, and typed by the contract: a problem
 * or a member of a form that has no text in some language does not compile.
 */
import type { Problem } from "@popug/http/promises"

/** What people fill in, by the names that the API has for it. */
const fields = ["title", "description", "jiraId", "name", "id", "roles", "reason", "issuer", "subject"] as const
type Field = (typeof fields)[number]

/** What the operator of a server may be told, and no page of a company. */
type OfOperator =
  | "CompanyAlreadyExists"
  | "CompanyMismatch"
  | "CompanyResting"
  | "MoveRefused"
  | "UnknownCompany"
  | "UnknownDatabase"
type Told = Exclude<Problem["_tag"], OfOperator>

/** Every text of this kind, whatever the language. */
export type RefusalText = `problem.${Told | "other"}` | `field.${Field}` | "field.ofMany"

/** A text with what it takes. */
export interface Said {
  readonly id: RefusalText
  readonly values: Readonly<Record<string, string | number>>
}

const isDay = /^\d{4}-\d{2}-\d{2}$/u

/** The members of a problem as texts take them. */
const valuesOf = (problem: object, dayOf: (period: string) => string): Said["values"] =>
  Object.fromEntries(
    Object.entries(problem).flatMap(([name, value]): Array<[string, string | number]> => {
      if (typeof value === "number") return [[name, value]]
      return typeof value === "string" ? [[name, isDay.test(value) ? dayOf(value) : value]] : []
    })
  )

const isField = (segment: unknown): segment is Field => (fields as ReadonlyArray<unknown>).includes(segment)

/** The place of what can't be right: a path such as `["payload", 3, "title"]`. */
const fieldOf = (
  path: ReadonlyArray<unknown>
): { readonly field: Field; readonly at: number | undefined } | undefined => {
  const field = path.find(isField)
  const at = path.find((segment) => typeof segment === "number")
  // The index of a role in the list of one person says nothing.
  return field === undefined ? undefined : { field, at: path.indexOf(at) < path.indexOf(field) ? at : undefined }
}

/** The rules that were broken, each once: of a list those of its first bad row. Nothing where none is of a form. */
const brokenRules = (errors: ReadonlyArray<{ readonly path: ReadonlyArray<unknown> }>): ReadonlyArray<Said> => {
  const found = errors.flatMap(({ path }) => fieldOf(path) ?? [])
  const at = found[0]?.at
  const broken = new Set(found.filter((one) => one.at === at).map(({ field }) => field))
  return [
    ...(at === undefined ? [] : [{ id: "field.ofMany", values: { number: at + 1 } } as const]),
    ...[...broken].map((field) => ({ id: `field.${field}`, values: {} }) as const)
  ]
}

/** What is said of a problem; `knows` tells whether the page has a text: a newer server has problems of its own. */
export const saidOf = (
  problem: Problem,
  { dayOf, knows }: { readonly dayOf: (period: string) => string; readonly knows: (id: string) => boolean }
): ReadonlyArray<Said> => {
  if (problem._tag === "InvalidInput") {
    const broken = brokenRules(problem.errors ?? [])
    if (broken.length > 0) return broken
  }
  const id = `problem.${problem._tag as Told}` as const
  return knows(id)
    ? [{ id, values: valuesOf(problem, dayOf) }]
    : [{ id: "problem.other", values: { code: problem._tag } }]
}
