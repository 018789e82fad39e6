/**
 * Why the server could not start, in a line for whoever started it.
 */
import type { CompanyMismatch, InvalidInput, MoveRefused, StoreError } from "@popug/core"
import type { Oidc } from "@popug/http/server"
import type { Postgres } from "@popug/postgres"
import type { Pglite } from "@popug/postgres/pglite"
import * as Cause from "effect/Cause"
import type { ServeError } from "effect/http/HttpServerError"
import type { UnusableFolder } from "./folder.ts"
import type { Settings } from "./settings.ts"

/** What can be wrong with the world around a server whose settings are right by themselves. */
export type Failure =
  | CompanyMismatch
  | InvalidInput
  | MoveRefused
  | Oidc.OidcError
  | Pglite.FolderInUse
  | Pglite.FolderUnusable
  | Postgres.NotUtf8
  | Postgres.SchemaMismatch
  | ServeError
  | StoreError
  | UnusableFolder

const variables: Readonly<Record<string, string>> = {
  id: "POPUG_COMPANY",
  timeZone: "POPUG_TIME_ZONE",
  cutoff: "POPUG_CUTOFF",
  currency: "POPUG_CURRENCY",
  secret: "POPUG_SECRET",
  closing: "POPUG_CLOSING"
}

const listening = (code: string | undefined, { HOST, PORT }: Settings): string => {
  switch (code) {
    case "EADDRINUSE":
      return `port ${PORT} of ${HOST} is in use: end what listens there, or set another PORT`
    case "EACCES":
      return `port ${PORT} needs rights that this process does not have: set another PORT`
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST ${HOST} is no address of this machine`
    default:
      return `it could not listen on port ${PORT} of ${HOST}: ${code}`
  }
}

const words = (failure: Failure, settings: Settings): string => {
  switch (failure._tag) {
    case "CompanyMismatch":
      return `${failure.message} (${variables[failure.setting] ?? "a policy"}); is this host right? See --adopt in --help`
    case "FolderInUse":
      return `${failure.message}; end it, or set another POPUG_DATA_DIR`
    case "SchemaMismatch":
      return failure.found < failure.expected ? `${failure.message}, or set POPUG_MIGRATE=true` : failure.message
    case "ServeError":
      return listening((failure.cause as NodeJS.ErrnoException).code, settings)
    case "StoreError":
      if (failure.reason === "Resting") return `${failure.message}, as one is that has moved to another database`
      return settings.DATABASE_URL === undefined
        ? `the data in ${settings.POPUG_DATA_DIR} can't be used: ${failure.message}`
        : `the database of DATABASE_URL can't be used: ${failure.message}`
    default:
      return failure.message
  }
}

/** A line for what somebody can mend; all that is known of what nobody foresaw. */
export const explain = (cause: Cause.Cause<Failure>, settings: Settings): string => {
  const known = cause.reasons.find(Cause.isFailReason)
  return `popug can't start: ${known === undefined ? Cause.pretty(cause) : words(known.error, settings)}`
}
