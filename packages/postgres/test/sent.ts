/**
 * Which statements are sent.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Keeps the statements that are sent. */
export const counting = (sent: Array<string>) =>
  Layer.effect(
    PgClient,
    Effect.map(
      PgClient,
      (found): PgClient =>
        new Proxy(found, {
          get: (target, name) =>
            name === "unsafe"
              ? (sql: string, params: []) => {
                  sent.push(sql)
                  return target.unsafe(sql, params)
                }
              : target[name as keyof PgClient]
        })
    )
  )
