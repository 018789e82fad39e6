/** Every list of the contract, with cursors that are not its own. */
import { assert, it } from "@effect/vitest"
import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { Api } from "../../src/api/Api.ts"
import { openapi } from "../../src/api/openapi/documented.ts"
import * as Pages from "../../src/server/wire/Pages.ts"
import * as Server from "../support/server.ts"

/** What a list needs besides its page, by its path; and other filters of it. */
const queries: Readonly<Record<string, { readonly needed: string; readonly narrowed?: string }>> = {
  "/v1/users": { needed: "", narrowed: "role=worker" },
  "/v1/tasks": { needed: "", narrowed: "status=done" },
  "/v1/billing/accounts": { needed: "", narrowed: "inTheRed=true" },
  "/v1/billing/accounts/:owner/statement": {
    needed: "from=2026-11-23&to=2026-11-24",
    narrowed: "from=2026-11-23&to=2026-11-25"
  },
  "/v1/billing/audit-log": { needed: "", narrowed: "owner=olga" },
  "/v1/billing/transfers": { needed: "", narrowed: "account=company:fees" },
  "/v1/billing/periods": { needed: "", narrowed: "from=2026-11-23" },
  "/v1/billing/shuffles": { needed: "", narrowed: "from=2026-11-23" },
  "/v1/reports/daily": { needed: "", narrowed: "from=2026-11-23" },
  "/v1/reports/balances": { needed: "period=2026-11-23", narrowed: "period=2026-11-24" },
  "/v1/events": { needed: "source=tasks", narrowed: "source=users" },
  "/v1/operations/notices": { needed: "", narrowed: "status=sent" }
}

/** What each list is called in its cursors. */
const names: Readonly<Record<string, string>> = {
  "/v1/users": "users",
  "/v1/tasks": "tasks",
  "/v1/billing/accounts": "accounts",
  "/v1/billing/accounts/:owner/statement": "statement",
  "/v1/billing/audit-log": "audit log",
  "/v1/billing/transfers": "transfers",
  "/v1/billing/periods": "periods",
  "/v1/billing/shuffles": "shuffles",
  "/v1/reports/daily": "daily reports",
  "/v1/reports/balances": "balances",
  "/v1/events": "events",
  "/v1/operations/notices": "notices"
}

/** Whose it is belongs to the list too. */
const owned: Readonly<Record<string, { readonly owner: string | null }>> = {
  "/v1/billing/accounts/:owner/statement": { owner: "olga" },
  "/v1/billing/audit-log": { owner: null }
}

/** Two closed days with two entries of everything. */
const twoDays = Effect.gen(function* () {
  const tasks = yield* Tasks
  for (const day of [1, 2]) {
    yield* tasks.create(Actor.system, [
      { id: `own-${day}`, title: "own" },
      { id: `olgas-${day}`, title: "hers" }
    ])
    yield* tasks.assign(Actor.system, `olgas-${day}`, "olga")
    yield* tasks.complete(Actor.system, `olgas-${day}`)
    yield* tasks.shuffle(Actor.system)
    yield* Server.toDay(day)
    yield* Server.endDay
  }
})

/** The paths of the contract that take a cursor. */
const lists = (): ReadonlyArray<string> =>
  Object.entries(openapi(Api).paths).flatMap(([path, { get }]) =>
    get?.parameters.some(({ name }) => name === "cursor") === true ? [path.replace("{owner}", ":owner")] : []
  )

const get = (path: string, query: string, cursor?: string) => {
  const who = path.startsWith("/v1/billing") ? "acc" : "ann"
  const more = cursor === undefined ? "limit=1" : `limit=1&cursor=${encodeURIComponent(cursor)}`
  return Server.request("GET", `${path.replace(":owner", "olga")}?${query === "" ? "" : `${query}&`}${more}`, {
    as: who
  })
}

const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64url")

it.effect("a cursor that is not one of the list's own is a 400 everywhere, and the list's own is not", () =>
  Effect.gen(function* () {
    yield* twoDays
    const paths = lists()
    assert.deepStrictEqual([...paths].sort(), Object.keys(queries).sort())
    const own = new Map<string, string>()
    for (const path of paths) {
      const { json, status } = yield* get(path, queries[path]!.needed)
      assert.strictEqual(status, 200, path)
      assert.isTrue(json.hasMore, `${path} has a second page`)
      own.set(path, json.nextCursor)
      assert.strictEqual((yield* get(path, queries[path]!.needed, json.nextCursor)).status, 200, path)
    }
    for (const path of paths) {
      const { narrowed, needed } = queries[path]!
      const mine = own.get(path)!
      const inside = Buffer.from(mine, "base64url").toString()
      const tag = inside.slice(0, inside.indexOf("."))
      const query = Object.fromEntries(new URLSearchParams(needed))
      const named = { ...query, ...owned[path] }
      const made = (key: string) => Pages.byText(names[path]!).cursorOf(named, key)
      assert.strictEqual(mine, made(inside.slice(inside.indexOf(".") + 1)), `${path} is made as it is here`)
      const rubbish = [
        "AA",
        "",
        "%",
        "AA==",
        `${mine}=`,
        `${mine}A`,
        mine.slice(0, -1),
        mine.slice(1),
        "A".repeat(500),
        ...["\0", "1", "id", "[]", "{}", "null", "\u00ff\u00fe", `${tag}`, `${tag}.`, `${tag}.\0`, `${tag}.\n`].map(
          base64
        ),
        ...["-1", "1.5", "1e3", "0x1", " 1", "99999999999999999999", "2026-13-45", "\u00e9\u0000"].map((key) =>
          base64(`${tag}.${key}`)
        ),
        ...["\0", "olga\0", "\n", "x".repeat(300)].map(made),
        ...[...own].filter(([other]) => other !== path).map(([, cursor]) => cursor)
      ]
      for (const cursor of rubbish) {
        const { json, status } = yield* get(path, needed, cursor)
        assert.strictEqual(status, 400, `${path} with ${cursor}`)
        assert.strictEqual(json.type, "urn:popug:problem:invalid-input", path)
      }
      if (narrowed !== undefined) {
        assert.strictEqual((yield* get(path, narrowed, mine)).status, 400, `${path} with a cursor of other filters`)
      }
    }
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("a list that only grows refuses a cursor that nothing follows: it was restored to an earlier moment", () =>
  Effect.gen(function* () {
    yield* twoDays
    const numbered = Object.keys(names).filter((path) => /statement|audit-log|transfers/u.test(path))
    assert.lengthOf(numbered, 3)
    for (const path of numbered) {
      const { needed } = queries[path]!
      const query = { ...Object.fromEntries(new URLSearchParams(needed)), ...owned[path] }
      const { json, status } = yield* get(path, needed, Pages.byNumber(names[path]!).cursorOf(query, 1_000))
      assert.strictEqual(status, 400, path)
      assert.strictEqual(json.type, "urn:popug:problem:invalid-input", path)
      assert.match(json.detail, /as after a restore; begin anew/u, path)
    }
  }).pipe(Effect.provide(Server.layerPopug()))
)
