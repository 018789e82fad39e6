/**
 * What this adapter refuses with, and what the database's errors come to.
 */
import { StoreError } from "@popug/core"
import type { SqlError } from "effect/sql/SqlError"

/** The rows contradict what is stored: nothing was written, and the same again would be refused again. */
export const conflict = (message: string): StoreError =>
  new StoreError({ reason: "Conflict", retryable: false, committed: "no", message })

/** What the database holds can't be read; a person must look. */
export const corrupt = (message: string, cause?: unknown): StoreError =>
  new StoreError({
    reason: "Corrupt",
    retryable: false,
    committed: "no",
    message,
    ...(cause === undefined ? {} : { cause })
  })

/** The database can't be reached, or not in time. */
export const unavailable = (message: string): StoreError =>
  new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message })

/** The database holds no company yet: `open` comes first. */
export const notOpened = (): StoreError => corrupt("the company was not opened")

/** The SQLSTATE of an error that the server reported. */
const sqlState = (error: SqlError): string | undefined => {
  const cause = error.reason.cause as { readonly code?: unknown } | null | undefined
  return typeof cause?.code === "string" && /^[0-9A-Z]{5}$/.test(cause.code) ? cause.code : undefined
}

type Kind = Pick<StoreError, "reason" | "retryable">

const refused: Kind = { reason: "Conflict", retryable: false }
const beaten: Kind = { reason: "Conflict", retryable: true }
const away: Kind = { reason: "Unavailable", retryable: true }
const closed: Kind = { reason: "Unavailable", retryable: false }
const broken: Kind = { reason: "Corrupt", retryable: false }

const kindOf = (error: SqlError): Kind => {
  switch (error.reason._tag) {
    case "UniqueViolation":
    case "ConstraintError":
      return refused
    case "DeadlockError":
    case "SerializationError":
      return beaten
    case "ConnectionError":
    case "LockTimeoutError":
    case "StatementTimeoutError":
      return away
    case "AuthenticationError":
    case "AuthorizationError":
      return closed
    case "SqlSyntaxError":
      return broken
    default:
      return kindOfState(sqlState(error))
  }
}

/** Classes of SQLSTATE that the client has no name for. */
const kindOfState = (state: string | undefined): Kind => {
  // Data that the column can't hold, and what a trigger of ours refuses.
  if (state?.startsWith("22") || state === "P0001") return refused
  // Damaged or missing data, and an internal error.
  if (state?.startsWith("XX") || state?.startsWith("58")) return broken
  if (state?.startsWith("3D") || state === "0A000") return closed
  // Shutting down, out of connections or memory, a session that was ended: all pass.
  return away
}

const hints: Readonly<Record<string, string>> = {
  "42P01": "a table is missing: has the database been migrated?",
  "3F000": "the schema is missing: has the database been migrated?",
  "42501": "the database's user lacks a right"
}

const describe = (error: SqlError): string => {
  const cause = error.reason.cause as { readonly message?: unknown } | null | undefined
  const message = typeof cause?.message === "string" && cause.message !== "" ? cause.message : error.reason.message
  const hint = hints[sqlState(error) ?? ""]
  return hint === undefined ? `${message}` : `${message} (${hint})`
}

/** An error of the database, of a statement that committed nothing. */
export const toStoreError = (error: SqlError): StoreError =>
  new StoreError({ ...kindOf(error), committed: "no", message: describe(error), cause: error })

/**
 * An error of `COMMIT`. What the server reports of it did not happen; a connection that was lost meanwhile leaves it
 * open, and the next attempt finds out by its command ids.
 */
export const commitError = (error: SqlError): StoreError => {
  const state = sqlState(error)
  const known =
    error.reason._tag !== "ConnectionError" &&
    (error.reason.operation === "commit" || (state !== undefined && !/^(57|58|53|XX)/.test(state)))
  const kind = known && error.reason._tag === "UnknownError" && state === undefined ? refused : kindOf(error)
  return new StoreError({
    ...kind,
    committed: known ? "no" : "unknown",
    message: describe(error),
    cause: error
  })
}
