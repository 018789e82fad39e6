/**
 * Typed parameters: the server never has to guess, and an empty list is a list all the same.
 */
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Result from "effect/Result"

export type Param = PgTypes.Parameter

const list = (values: ReadonlyArray<unknown>, element: number): Param =>
  Result.getOrThrow(PgTypes.array(values, element))

export const text = (value: string | null): Param => PgTypes.text(value)
/** A whole number as `int8`: event numbers, epoch milliseconds. */
export const int = (value: number | null): Param => PgTypes.int8(value === null ? null : BigInt(value))
export const texts = (values: ReadonlyArray<string | null>): Param => list(values, PgTypes.OID.text)
export const ints = (values: ReadonlyArray<number | null>): Param =>
  list(
    values.map((value) => (value === null ? null : BigInt(value))),
    PgTypes.OID.int8
  )
/** Whole numbers as `float8`, for SQL that makes `bigint` of them: in long lists that spares a bigint for each here. */
export const numbers = (values: ReadonlyArray<number | null>): Param => list(values, PgTypes.OID.float8)

const fits = (value: bigint | null): boolean =>
  value === null || (value >= -0x7fffffffffffffffn && value <= 0x7fffffffffffffffn)

/** Amounts of money: of any size, as the domain has them; as `int8`, which is cheaper to write, where all fit. */
export const amounts = (values: ReadonlyArray<bigint | null>): Param =>
  values.every(fits)
    ? list(values, PgTypes.OID.int8)
    : list(
        values.map((value) => (value === null ? null : value.toString())),
        PgTypes.OID.numeric
      )
