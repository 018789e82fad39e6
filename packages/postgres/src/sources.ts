/**
 * The streams as the rows name them, in two bytes.
 */
import * as PgTypes from "@effect/sql-pg/PgTypes"
import type { Envelope } from "@popug/core"

const numbers: Readonly<Record<Envelope.Source, number>> = { users: 1, tasks: 2, billing: 3 }

const sources = Object.keys(numbers) as ReadonlyArray<Envelope.Source>

export const sourceNumber = (source: Envelope.Source): number => numbers[source]

/** The stream of a number; undefined for a number that is none's. */
export const sourceOf = (number: number): Envelope.Source | undefined => sources[number - 1]

export const sourceParam = (source: Envelope.Source): PgTypes.Parameter => PgTypes.int2(numbers[source])
