/**
 * The names of time zones. One zone may have several (`Europe/Kiev`, `Europe/Kyiv`), and which of them a runtime
 * prefers changes with its version; so what is stored and compared is the name that a pinned table prefers.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { zones } from "./tables/zones.ts"

/** The names of each zone of the table, the preferred one first, by every one of them in lower case. */
const known: ReadonlyMap<string, ReadonlyArray<string>> = new Map(
  zones
    .trim()
    .split(/[,\n]\s*/u)
    .map((names) => names.split(" "))
    .flatMap((names) => names.map((name) => [name.toLowerCase(), names] as const))
)

/** A name as IANA makes them: that of a zone which is newer than the table. */
const later =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)(\/[A-Za-z][A-Za-z_-]+){1,2}$/u

const namesOf = (id: string): ReadonlyArray<string> => known.get(id.toLowerCase()) ?? (later.test(id) ? [id] : [])

const isKnownHere = (name: string): boolean => DateTime.zoneMakeNamed(name)._tag === "Some"

/** The preferred name of a zone; a name that the table does not have is itself. */
export const canonical = (id: string): string => namesOf(id)[0] ?? id

/** Whether two names are of one zone. */
export const same = (one: string, other: string): boolean =>
  one === other || canonical(one).toLowerCase() === canonical(other).toLowerCase()

/** The zone's name that this runtime knows: an older one may know an earlier name alone. */
export const here = (id: string): string | undefined => namesOf(id).find(isKnownHere)

/**
 * An IANA time zone that this runtime knows, under any of its names and in any case, e.g. `"Europe/Prague"`. An offset
 * such as `+02:00` is no zone: it has no summer time.
 */
export const TimeZone = Schema.String.check(
  Schema.makeFilter((id) => here(id) !== undefined || "an IANA time zone such as Europe/Prague")
)
export type TimeZone = typeof TimeZone.Type
