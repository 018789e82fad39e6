/** Both typed clients against the real server, over sockets: every group, every way to fail, a bad line between. */
import { assert, describe, it } from "@effect/vitest"
import { TaskId, UserId } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { development, pages } from "../../src/client/index.ts"
import { DevClock } from "../../src/server/development/DevClock.ts"
import { clients, connect, live, tick, tokenOf } from "../support/connect.ts"
import * as Flaky from "../support/flaky.ts"
import * as Server from "../support/server.ts"

const server = Server.layerPopug()
const period = "2026-11-23" as never
const user = (id: string) => Schema.decodeSync(UserId)(id)
const task = (id: string) => Schema.decodeSync(TaskId)(id)

describe.each(clients)("the client %s", (_, connect) => {
  describe("every group", () => {
    it.effect("users: made, read by page and by id, changed under a condition", () =>
      Effect.gen(function* () {
        const client = yield* connect("ann")
        const { body, headers } = yield* client.users.create({
          payload: { id: user("zoe"), name: "Zoe", roles: ["worker"] },
          headers: {}
        })
        assert.deepStrictEqual(body, { id: user("zoe"), name: "Zoe", roles: ["worker"], status: "active" })
        assert.strictEqual(headers.location, "/v1/users/zoe")
        const made = yield* client.users.createMany({
          payload: { users: [{ name: "Y", roles: ["worker"] }] },
          headers: {}
        })
        assert.strictEqual(made.data.length, 1)
        const all = yield* Stream.runCollect(pages((at) => client.users.list({ query: { ...at, limit: 2 } })))
        assert.strictEqual(all.length, 9)
        assert.strictEqual(new Set(all.map(({ id }) => id)).size, 9)
        const same = yield* client.users.get({
          params: { id: user("zoe") },
          headers: { "if-none-match": headers.etag! }
        })
        assert.isUndefined(same)
        const changed = yield* client.users
          .update({ params: { id: user("zoe") }, headers: { "if-match": '"old"' }, payload: { name: "Zoey" } })
          .pipe(Effect.catchTag("Changed", ({ id, status }) => Effect.succeed([id, status])))
        assert.deepStrictEqual(changed, ["zoe", 412])
      }).pipe(live, Effect.scoped, Effect.provide(server))
    )

    it.effect("tasks, billing, reports, events and operations, with amounts and instants decoded", () =>
      Effect.gen(function* () {
        const ann = yield* connect("ann")
        const acc = yield* connect("acc")
        const { body: roof } = yield* ann.tasks.create({ payload: { title: "Mend the roof" }, headers: {} })
        assert.strictEqual(roof.assignee, "acc")
        assert.strictEqual((yield* ann.tasks.shuffle({ headers: {} })).open, 1)
        const { body: done } = yield* acc.tasks.complete({ params: { id: roof.id }, headers: {} })
        assert.strictEqual(done.status, "done")
        yield* Server.settle
        const { balance } = yield* acc.billing.account({ params: { owner: user("acc") } })
        assert.deepStrictEqual(balance, { amount: 2000n, currency: "USD" })
        const statement = yield* acc.billing.statement({
          params: { owner: "me" },
          query: { from: period, to: period }
        })
        assert.deepStrictEqual(
          statement.data.map(({ amount, kind }) => [kind, amount.amount]),
          [
            ["fee", 1000n],
            ["award", 3000n]
          ]
        )
        assert.isTrue(DateTime.isDateTime(statement.data[0]!.occurredAt))
        const { body: csv, headers } = yield* acc.billing.auditLogCsv({ query: {} })
        const table = yield* Stream.mkString(Stream.decodeText(csv))
        assert.match(table, /Mend the roof/u)
        assert.match(headers["content-disposition"]!, /audit-log/u)
        assert.strictEqual((yield* acc.billing.trialBalance()).total.amount, 0n)
        assert.deepInclude(yield* ann.reports.topTask({ query: {} }), { from: period })
        assert.isTrue((yield* ann.events.catalog()).data.some(({ type }) => type === "task.updated"))
        const events = yield* Stream.runCollect(
          pages((at) => ann.events.list({ query: { ...at, source: "tasks", limit: 1 } }))
        )
        assert.isAtLeast(events.length, 3)
        assert.isTrue((yield* ann.operations.streams()).data.every(({ behind }) => behind === 0))
        assert.deepStrictEqual(yield* ann.system.live(), { status: "ok" })
      }).pipe(live, Effect.scoped, Effect.provide(server))
    )
  })

  it.effect("problems are errors to be caught by their tags, with what one needs to act", () =>
    Effect.gen(function* () {
      const will = yield* connect("will")
      const ann = yield* connect("ann")
      const missing = yield* ann.tasks
        .complete({ params: { id: task("nowhere") }, headers: {} })
        .pipe(Effect.catchTag("TaskNotFound", ({ id }) => Effect.succeed(`there is no ${id}`)))
      assert.strictEqual(missing, "there is no nowhere")
      const shuffled = yield* Effect.flip(will.tasks.shuffle({ headers: {} }))
      assert.instanceOf(shuffled, Error)
      assert.deepInclude(shuffled, {
        _tag: "NotAllowed",
        status: 403,
        action: "shuffle tasks",
        instance: "/v1/tasks/shuffle"
      })
      const used = { "idempotency-key": "once" }
      yield* will.tasks.create({ payload: { title: "Mend the roof" }, headers: used })
      const other = yield* Effect.flip(will.tasks.create({ payload: { title: "Paint the fence" }, headers: used }))
      assert.strictEqual(other._tag, "CommandConflict")
      const dead = yield* connect("dead")
      assert.strictEqual(
        (yield* Effect.flip(dead.users.get({ params: { id: "me" }, headers: {} })))._tag,
        "DeactivatedActor"
      )
      const nobody = yield* connect("will", { token: "nonsense" })
      const refused = yield* Effect.flip(nobody.tasks.list({ query: {} }))
      assert.deepInclude(refused, { _tag: "Unauthenticated", status: 401 })
    }).pipe(live, Effect.scoped, Effect.provide(server))
  )

  describe("tokens", () => {
    it.effect("a token that is made anew is asked for at each request, and once more after a 401", () =>
      Effect.gen(function* () {
        const good = yield* tokenOf("ann")
        const given = ["expired", good, good, good]
        let asked = 0
        const client = yield* connect("ann", { token: Effect.sync(() => given[asked++]!) })
        assert.strictEqual((yield* client.tasks.shuffle({ headers: {} })).open, 0)
        assert.strictEqual(asked, 2)
        yield* client.tasks.list({ query: {} })
        assert.strictEqual(asked, 3)
      }).pipe(live, Effect.scoped, Effect.provide(server))
    )

    it.effect("`freshToken` is asked after a 401 alone, and a second 401 is the answer", () =>
      Effect.gen(function* () {
        const good = yield* tokenOf("ann")
        let asked = 0
        const freshToken = Effect.sync(() => (asked++ === 0 ? good : "still not"))
        const client = yield* connect("ann", { token: "expired", freshToken })
        yield* client.tasks.list({ query: {} })
        assert.strictEqual(asked, 1)
        assert.strictEqual((yield* Effect.flip(client.tasks.list({ query: {} })))._tag, "Unauthenticated")
        assert.strictEqual(asked, 2)
      }).pipe(live, Effect.scoped, Effect.provide(server))
    )
  })

  describe("a bad line", () => {
    const faults: ReadonlyArray<Flaky.Fault> = ["before", "after", "middle", 503, 429, "twice", 502, "pass", 504, 408]

    it.effect(
      "every command is done just once, whatever is lost",
      () =>
        Effect.gen(function* () {
          const { url } = yield* Server.TestServer
          let at = 0
          // Two faults, one of each kind after one of each kind, then a way through.
          const line = yield* Flaky.make(url, () => {
            const index = at++
            const round = Math.floor(index / 3)
            if (index % 3 === 2) return "pass"
            return faults[(index % 3 === 0 ? round : Math.floor(round / faults.length)) % faults.length]!
          })
          const client = yield* connect("ann", { baseUrl: line.url, retries: 12 })
          const titles = Array.from({ length: 100 }, (_, index) => `task ${index}`)
          const made = yield* Effect.forEach(
            titles,
            (title) => client.tasks.create({ payload: { title }, headers: {} }).pipe(Effect.map(({ body }) => body)),
            { concurrency: 50 }
          )
          assert.deepStrictEqual(
            made.map(({ title }) => title),
            titles
          )
          for (const fault of faults) assert.include(line.met, fault)
          assert.isAbove(line.met.length, 200)
          const { request } = yield* Server.TestServer
          const stored: Array<string> = []
          for (let cursor: string | null = ""; cursor !== null;) {
            const page: Server.Answer = yield* request(
              "GET",
              `/v1/tasks?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`,
              {
                token: yield* tokenOf("ann")
              }
            )
            stored.push(...page.json.data.map(({ title }: { readonly title: string }) => title))
            cursor = page.json.nextCursor
          }
          assert.deepStrictEqual(stored.toSorted(), titles.toSorted())
          assert.strictEqual(line.keys.size, titles.length)
        }).pipe(live, Effect.scoped, Effect.provide(server)),
      60_000
    )

    it.effect("a command is not done twice when the token runs out between its attempts", () =>
      Effect.gen(function* () {
        const { url } = yield* Server.TestServer
        const faults: Array<Flaky.Fault> = ["after", 401, "pass"]
        const line = yield* Flaky.make(url, () => faults.shift() ?? "pass")
        const good = yield* tokenOf("ann")
        const freshToken = Effect.succeed(Redacted.make(yield* tokenOf("ann", { expiresIn: 299 })))
        const client = yield* connect("ann", { baseUrl: line.url, token: good, freshToken })
        yield* client.tasks.create({ payload: { title: "Mend the roof" }, headers: {} })
        assert.strictEqual((yield* client.tasks.list({ query: {} })).data.length, 1)
        assert.deepStrictEqual([...line.keys.values()], [3])
      }).pipe(live, Effect.scoped, Effect.provide(server))
    )

    it.effect("nothing is sent again more often than told, nor later than one is willing to wait", () =>
      Effect.gen(function* () {
        const { url } = yield* Server.TestServer
        const line = yield* Flaky.make(url, () => 503)
        const client = yield* connect("ann", { baseUrl: line.url, retries: 2 })
        const error = yield* Effect.flip(client.tasks.list({ query: {} }))
        assert.include(["HttpClientError", "HttpError"], error._tag)
        assert.strictEqual(line.met.length, 3)
      }).pipe(live, Effect.scoped, Effect.provide(server))
    )

    it.effect("who is limited for long is told so at once, and otherwise waits as long as asked", () =>
      Effect.gen(function* () {
        const hasty = yield* connect("ann", { longestWait: "500 millis" })
        const patient = yield* connect("ann", { longestWait: "30 seconds" })
        yield* hasty.tasks.list({ query: {} })
        const error = yield* Effect.flip(hasty.tasks.list({ query: {} }))
        assert.deepInclude(error, { _tag: "TooManyRequests", status: 429 })
        const waiting = yield* Effect.forkChild(tick("10 seconds").pipe(Effect.delay("300 millis")))
        yield* patient.tasks.list({ query: {} })
        yield* Fiber.join(waiting)
      }).pipe(
        live,
        Effect.scoped,
        Effect.provide(Server.layerPopug({ limits: { perUser: 1, perAddress: null, window: "1 second" } }))
      )
    )
  })
})

it.effect("development: a token for the asking", () =>
  Effect.gen(function* () {
    const { url } = yield* Server.TestServer
    const dev = yield* development(url)
    assert.isAtLeast((yield* dev.users()).data.length, 7)
    const { token } = yield* dev.login({ payload: { user: user("max") } })
    const client = yield* connect("nobody", { token: Redacted.make(token) })
    assert.isTrue((yield* client.users.list({ query: {} })).data.length > 0)
    const refused = yield* Effect.flip(dev.login({ payload: { user: user("dead") } }))
    assert.strictEqual(refused._tag, "DeactivatedActor")
  }).pipe(live, Effect.scoped, Effect.provide([Server.layerDevelopment(DevClock.layerOff), FetchHttpClient.layer]))
)
