/**
 * Users of a server that asks for SCRAM, with passwords that Postgres normalises before it keeps them.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { launch, type Server } from "./server/Server.ts"

let server: Server
let asked = 0

const as = (config: PgClient.PgPoolConfig) =>
  Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe<{ readonly user: string }>("select current_user as user")).pipe(
    Effect.provide(Postgres.layerClient({ ssl: false, ...config }), { local: true }),
    Effect.map(([row]) => row!.user),
    Effect.runPromise
  )
const administer = (sql: string) =>
  Effect.flatMap(PgClient.PgClient, ({ unsafe }) => unsafe(sql)).pipe(
    Effect.provide(Postgres.layerClient({ ssl: false, url: Redacted.make(server.url) }), { local: true }),
    Effect.runPromise
  )

beforeAll(async () => {
  server = await launch()
  const file = join(server.folder, "data/pg_hba.conf")
  const before = readFileSync(file, "utf8")
  writeFileSync(file, "host all +guarded all scram-sha-256\n")
  appendFileSync(file, before)
  await administer("create role guarded")
  await administer("select pg_reload_conf()")
}, 60_000)
afterAll(() => server?.stop())

const passwords = {
  "a superscript": "x²",
  "a no-break space": "a\u00a0b",
  "a soft hyphen": "pass\u00adword",
  "decomposed letters": "re\u0301sume\u0301",
  "a ligature": "ﬁnch",
  "a zero-width space": "a\u200bb",
  "another script": "пароль",
  "letters of two directions, which SASLprep refuses": "a\u05d0\u00b2b",
  "a control character, which SASLprep refuses": "a\u0007\u00b2",
  "a letter that is newer than SASLprep": "a\u{1f600}\u00b2",
  "nothing but a soft hyphen": "\u00ad",
  "marks of URLs": "p@ss:w/r?d#%41²",
  "plain letters": "secret"
}

describe("a password with", () => {
  it.each(Object.entries(passwords))("%s lets its user in", async (_, password) => {
    const username = `guarded_${(asked += 1)}`
    await administer(`create role ${username} login in role guarded password '${password}'`)
    const url = new URL(server.url)
    url.username = username
    const bare = Redacted.make(url.href)
    const secret = Redacted.make(password)
    await expect(as({ url: bare, password: Redacted.make(`not ${password}`) })).rejects.toMatchObject({
      reason: { _tag: "AuthenticationError" }
    })
    expect(await as({ url: bare, password: secret })).toBe(username)
    expect(await as({ url: bare, password: Effect.succeed(secret) })).toBe(username)
    url.password = encodeURIComponent(password)
    expect(await as({ url: Redacted.make(url.href) })).toBe(username)
    url.password = ""
    url.searchParams.set("password", password)
    expect(await as({ url: Redacted.make(url.href) })).toBe(username)
  })
})
