/**
 * `--move`: the company of the data folder goes to the database that `DATABASE_URL` names.
 */
import { join } from "node:path"
import { Company as Popug, CompanyHome, moveRows } from "@popug/core"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Company from "./Company.ts"
import { secretOf } from "./server.ts"
import type { ServerSettings } from "./settings.ts"

/** Moves it, and wakes it there; what broke off is finished by the same call. Returns how many rows went. */
export const move = (settings: ServerSettings, url: string) => {
  const folder = Pglite.layerDatabase({
    ...Company.database(settings),
    folder: join(settings.POPUG_DATA_DIR, "company")
  })
  const server = Postgres.layerDatabase(Company.server(settings, url))
  return Effect.gen(function* () {
    const from = yield* Layer.build(Layer.provide(Postgres.layerHome, folder))
    const to = yield* Layer.build(Layer.provide(Postgres.layerHome, server))
    const home = yield* Effect.provideContext(CompanyHome, to)
    const company = yield* Layer.build(Company.company(settings, yield* secretOf(settings)))
    const moving = yield* Effect.provideContext(Popug, company)
    const { rest, tables } = yield* moveRows(moving, yield* Effect.provideContext(CompanyHome, from), home)
    yield* home.archive!.settle(settings.POPUG_COMPANY, rest)
    yield* home.wake([settings.POPUG_COMPANY])
    return tables.reduce((sum, { rows }) => sum + rows, 0)
  }).pipe(Effect.scoped)
}
