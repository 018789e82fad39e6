/**
 * Passwords as Postgres keeps them for SCRAM: normalised by SASLprep (RFC 4013), which the driver leaves to its caller.
 */
import type { PgPoolConfig } from "@effect/sql-pg/PgClient"
import { saslprep } from "@mongodb-js/saslprep"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** As Postgres itself: what SASLprep refuses, and what it leaves nothing of, is taken as it is. */
const prepare = (password: string): string => {
  try {
    return saslprep(password) || password
  } catch {
    return password
  }
}

const prepared = (password: Redacted.Redacted): Redacted.Redacted => Redacted.make(prepare(Redacted.value(password)))

/** The password in a URL, where the driver looks for it. What is no such URL is the driver's to refuse. */
const ofUrl = (url: string): string | undefined => {
  try {
    const { password, searchParams } = new URL(url)
    return searchParams.getAll("password").at(-1) ?? (password === "" ? undefined : decodeURIComponent(password))
  } catch {
    return undefined
  }
}

/** A client's settings, with a password that the server knows. */
export const withPassword = (config: PgPoolConfig): PgPoolConfig => {
  const { password, url } = config
  if (Effect.isEffect(password)) return { ...config, password: Effect.map(password, prepared) }
  if (password !== undefined) return { ...config, password: prepared(password) }
  const found = url === undefined ? undefined : ofUrl(Redacted.value(url))
  return found === undefined ? config : { ...config, password: Redacted.make(prepare(found)) }
}
