/**
 * How all rows of a company leave a database, and come into another one.
 */
import type * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"

/** What a table holds of a company. */
export interface TableSum {
  readonly table: string
  readonly rows: number
  /** SHA-256 of its rows as the dump tells them, in the order of their keys. */
  readonly sha256: string
  /**
   * Whether rows of an earlier moment of the same rest do as well: those that tell how far a delivery was acknowledged,
   * some of which are written just after the company was put to rest.
   */
  readonly mayLag: boolean
}

/** What a dump came to. */
export interface Dumped {
  /** Equal where the rows are, to the last byte; by the names of the tables. */
  readonly tables: ReadonlyArray<TableSum>
  /** Whether the rows have come here and are not settled, or have left; null where the company lives here. */
  readonly away: "arrived" | "gone" | null
  /** Tells the rest during which it was made from every later one: `leave` and `settle` want it back. */
  readonly rest: string
}

/** Lines of a dump, without their ends: text that says itself what it is, table by table, with a digest at its end. */
export type Lines = ReadonlyArray<string>

/**
 * Contract: rows move while their company rests. What is restored has just arrived, and what was left has gone: neither
 * is woken, whoever calls `wake`, so that no two homes of a company are ever awake. Whatever breaks off in the middle
 * has changed nothing, and can be done again. Neither a dump nor a restore holds more than some rows in memory.
 */
export interface CompanyArchive {
  /**
   * Tells all rows of a company that rests, as they were at one moment of it; null where it has none here. Who does the
   * work of companies at the moment is not among them. Nobody wakes the company meanwhile.
   */
  readonly dump: <E, R>(
    company: string,
    write: (lines: Lines) => Effect.Effect<void, E, R>
  ) => Effect.Effect<Dumped | null, E | StoreError, R>
  /**
   * Makes the rows that `feed` writes, all or nothing; the company rests, and has arrived. Refused with `Conflict`:
   * a company that has rows here already, a dump of another company or of other tables, and one that is not whole.
   */
  readonly restore: <A, E, R>(
    company: string,
    feed: (write: (lines: Lines) => Effect.Effect<void, StoreError>) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | StoreError, R>
  /**
   * From now on the company is not woken here any more. Refused with `Conflict` unless it has rested ever since the
   * dump: something may have happened meanwhile.
   */
  readonly leave: (company: string, rest: string) => Effect.Effect<void, StoreError>
  /** Tells the rest at hand, as a dump would; null where the company has no rows here, or does not rest. */
  readonly rest: (company: string) => Effect.Effect<string | null, StoreError>
  /**
   * A company that has arrived lives here: it rests, and can be woken. One that lives here, has gone, or does not rest
   * as `rest` tells, since it has come anew meanwhile, stays so.
   */
  readonly settle: (company: string, rest: string) => Effect.Effect<void, StoreError>
}
