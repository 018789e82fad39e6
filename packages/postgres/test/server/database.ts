/**
 * A database of its own in the Postgres that all test files share.
 */
import { randomUUID } from "node:crypto"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { inject } from "vitest"

const ask = (url: string, statement: string) =>
  Effect.flatMap(PgClient.PgClient, ({ unsafe }) => unsafe(statement)).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(url), ssl: false })),
    Effect.runPromise
  )

/** Makes it; `stop` removes it, whoever is still connected. */
export const database = async () => {
  const shared = inject("databaseUrl")
  const name = `popug_${randomUUID().replaceAll("-", "")}`
  await ask(shared, `create database ${name}`)
  const own = new URL(shared)
  own.pathname = name
  return {
    url: own.href,
    stop: () => ask(shared, `drop database if exists ${name} with (force)`)
  }
}
