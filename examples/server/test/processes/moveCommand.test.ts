/**
 * `--move`: the company of a data folder goes to a Postgres, and is served from there.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { ownPostgres } from "../support/outside.ts"
import { all, login, proof, request } from "../support/requests.ts"
import { cleanUp, folder, launch } from "../support/server.ts"

const database = await ownPostgres()
afterAll(database.stop)
cleanUp()

it("a company goes from its folder to a server with all that it has, and its folder says so", async () => {
  const home = folder()
  const local = { POPUG_DATA_DIR: home, POPUG_DEV_LOGIN: "true", POPUG_ADMIN: "ann", HOST: "127.0.0.1", PORT: "0" }
  const first = launch("main", local)
  const here = await first.listening
  const made = await request(`POST ${here}/v1/tasks`, {
    token: await login(here, "ann"),
    body: { id: "roof", title: "Mend the roof" }
  })
  expect(made.status, made.text).toBe(201)
  const there = {
    ...local,
    DATABASE_URL: database.url,
    POPUG_SECRET: readFileSync(join(home, "secret"), "utf8").trim()
  }
  const early = launch("main", there, { args: ["--move"] })
  expect([await early.ended, early.error()]).toEqual([1, expect.stringContaining("is in use by process")])

  await first.end()
  const moving = launch("main", there, { args: ["--move"] })
  expect([await moving.ended, moving.error()]).toEqual([0, ""])
  expect(moving.out()).toMatch(/^The company has moved, with \d+ rows\.\n$/u)

  const second = launch("main", there)
  const url = await second.listening
  const token = await login(url, "ann")
  expect((await all(`${url}/v1/tasks`, token)).map(({ id }) => id)).toEqual(["roof"])
  expect((await proof(url, token)).difference).toBeNull()
  const left = launch("main", local)
  expect(await left.ended).toBe(1)
  expect(left.error()).toContain("company popug was put to rest, as one is that has moved to another database")
}, 240_000)
