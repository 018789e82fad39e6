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

/** What was to be written can't be stored: the same again is refused again, and nothing else is. */
const refused: Kind = { reason: "Conflict", retryable: false }
/** Somebody else was first. */
const beaten: Kind = { reason: "Conflict", retryable: true }
/** It passes by itself, or when an operator has mended what many feel at once: full disks, failovers. */
const away: Kind = { reason: "Unavailable", retryable: true }
/** It does not pass: a right, a database or a setting is missing. */
const closed: Kind = { reason: "Unavailable", retryable: false }
/** What is stored, or what is asked of it, is damaged: a person must look. */
const broken: Kind = { reason: "Corrupt", retryable: false }

/**
 * What the server's SQLSTATEs come to, by the code and then by its first two characters. What is not here is a
 * statement that can't be right, and is `broken`.
 */
const kinds: Readonly<Record<string, Kind>> = {
  // Connections: lost, refused, in a protocol that the other side does not speak.
  "08": away,
  "0A": closed,
  "0L": closed,
  "0P": closed,
  "21": refused,
  // Data that a column can't hold: out of range, or in an encoding that lacks the character.
  "22": refused,
  "23": refused,
  // A standby, a failover under way, a disk that is nearly full.
  "25006": away,
  // Ended by the server: silent, or under way, for too long.
  "25P03": away,
  "25P04": away,
  // A statement before it has failed, and a host has gone on all the same.
  "25P02": refused,
  // A pooler between us and the server has changed the session.
  "26": away,
  "27": refused,
  "28": closed,
  // A host's own functions and triggers.
  "38": refused,
  "39": refused,
  "3D": closed,
  "40": beaten,
  "40002": refused,
  "40003": away,
  "42501": closed,
  "44": refused,
  "53": away,
  // A row too large for its page or for its index.
  "54": refused,
  "55": closed,
  "55006": away,
  "55P03": away,
  "57": away,
  // The database is gone for good.
  "57P04": closed,
  "72": away,
  F0: closed,
  HV: closed,
  HV00N: away,
  // Raised by a trigger.
  P0: refused
}

const kindOf = (error: SqlError): Kind => {
  const state = sqlState(error)
  if (state !== undefined) return kinds[state] ?? kinds[state.slice(0, 2)] ?? broken
  switch (error.reason._tag) {
    case "AuthenticationError":
    case "AuthorizationError":
      return closed
    case "UnknownError":
      return kindOfDriver(error.reason)
    default:
      // Of the driver itself: no server is there, or it went away, or was too slow.
      return away
  }
}

/** The driver could not write it. */
const isUnsent = ({ message }: SqlError["reason"]): boolean => message?.includes("encode query") === true

/** What the driver could not write, or not read, is so again the next time. */
const kindOfDriver = (reason: SqlError["reason"]): Kind => {
  const { message, operation } = reason
  if (operation === "commit" || isUnsent(reason)) return refused
  return message?.includes("decode row") === true ? broken : away
}

const hints: Readonly<Record<string, string>> = {
  "42P01": "a table is missing: has the database been migrated?",
  "3F000": "the schema is missing: has the database been migrated?",
  "42501": "the database's user lacks a right",
  "25006": "a standby, or a database that was set to read only"
}

const describe = (error: SqlError): string => {
  const cause = error.reason.cause as { readonly message?: unknown } | null | undefined
  const message = typeof cause?.message === "string" && cause.message !== "" ? cause.message : error.reason.message
  const hint = hints[sqlState(error) ?? ""]
  return hint === undefined ? `${message}` : `${message} (${hint})`
}

/** An error of the database, of a statement that committed nothing. */
export const toStoreError = (error: SqlError): StoreError =>
  new StoreError({
    ...kindOf(error),
    committed: "no",
    message: describe(error),
    cause: error
  })

/**
 * An error of `COMMIT`, or of a statement that commits by itself. What the server reports of it did not happen, nor did
 * what was never sent; a connection that was lost meanwhile leaves it open, and the next attempt finds out by its
 * command ids.
 */
export const commitError = (error: SqlError): StoreError => {
  const state = sqlState(error)
  const known =
    error.reason._tag !== "ConnectionError" &&
    (error.reason.operation === "commit" ||
      isUnsent(error.reason) ||
      (state !== undefined && !/^(40003|57|58|53|XX)/.test(state)))
  return new StoreError({
    ...kindOf(error),
    committed: known ? "no" : "unknown",
    message: describe(error),
    cause: error
  })
}
