/**
 * Typed parameters: the server never has to guess, and an empty list is a list all the same.
 */
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Result from "effect/Result"
import { packed, packedAll } from "./packed.ts"

export type Param = PgTypes.Parameter

const list = (values: ReadonlyArray<unknown>, element: number): Param =>
  Result.getOrThrow(PgTypes.array(values, element))

export const text = (value: string | null): Param => PgTypes.text(value)
/** A whole number as `int8`: event numbers, epoch milliseconds. */
export const int = (value: number | null): Param => PgTypes.int8(value === null ? null : BigInt(value))
/** The number of a company, of an account. */
export const int4 = (value: number | null): Param => PgTypes.int4(value)
export const date = (value: string): Param => PgTypes.date(value)
/** Before and after every day, for ranges that are open at an end. */
export const always = "-infinity"
export const forever = "infinity"
export const texts = (values: ReadonlyArray<string | null>): Param => list(values, PgTypes.OID.text)
export const ints = (values: ReadonlyArray<number | null>): Param =>
  list(
    values.map((value) => (value === null ? null : BigInt(value))),
    PgTypes.OID.int8
  )
export const dates = (values: ReadonlyArray<string>): Param => list(values, PgTypes.OID.date)
/** Small whole numbers, as `int4`. */
export const smallInts = (values: ReadonlyArray<number | null>): Param => list(values, PgTypes.OID.int4)
/** An id as its bytes (`packed.ts`). */
export const id = (value: string): Param => PgTypes.bytea(packed(value))
export const ids = (values: ReadonlyArray<string | null>): Param => list(packedAll(values), PgTypes.OID.bytea)
export const uuids = (values: ReadonlyArray<string | null>): Param => list(values, PgTypes.OID.uuid)
export const boolean = (value: boolean): Param => PgTypes.bool(value)
export const booleans = (values: ReadonlyArray<boolean | null>): Param => list(values, PgTypes.OID.bool)

export const bytes = (value: Uint8Array): Param => PgTypes.bytea(value)
export const allBytes = (values: ReadonlyArray<Uint8Array>): Param => list(values, PgTypes.OID.bytea)

/** A digest as its bytes. What is none comes to another length, which the column refuses. */
export const digest = (hex: string | null): Param => PgTypes.bytea(hex === null ? null : Buffer.from(hex, "hex"))
export const digests = (hexes: ReadonlyArray<string | null>): Param => list(bytesOf(hexes), PgTypes.OID.bytea)

/** The bytes of digests, read at once where all are whole: a buffer for each costs four times as much. */
const bytesOf = (hexes: ReadonlyArray<string | null>): ReadonlyArray<Uint8Array | null> => {
  if (hexes.every((hex) => hex?.length === 64)) {
    const all = Buffer.from(hexes.join(""), "hex")
    // What is no hexadecimal digit ends the reading.
    if (all.length === hexes.length * 32) return hexes.map((_, index) => all.subarray(index * 32, index * 32 + 32))
  }
  return hexes.map((hex) => (hex === null ? null : Buffer.from(hex, "hex")))
}
/** A digest from its bytes. */
export const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")

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
