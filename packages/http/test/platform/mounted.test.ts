/** popug under a path of somebody else's server, over a company that the same process uses behind promises. */
import * as Http from "node:http"
import * as Net from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Actor, Popug, UserId } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import express from "express"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import * as Problem from "../../src/api/Problem.ts"
import { Bell } from "../../src/bell/Bell.ts"
import { promises } from "../../src/promises/index.ts"
import { Authentication } from "../../src/server/guard/auth/Authentication.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"
import * as PopugHttp from "../../src/server/PopugHttp.ts"
import { checked, withoutPrefix } from "../../src/server/wire/Prefix.ts"
import { type Handler, hosts, prefix } from "../support/hosts.ts"

/** The host's own sessions. */
const sessions = new Map([
  ["session-of-ann", "ann"],
  ["session-of-olga", "olga"]
])

const authentication = Layer.succeed(Authentication, {
  verify: (token) => {
    const user = sessions.get(Redacted.value(token))
    return user === undefined
      ? Effect.fail(new Problem.Unauthenticated({ detail: "no such session" }))
      : Effect.succeed(UserId.make(user))
  }
})

const logged: Array<string> = []
const log = Logger.layer([Logger.make(({ message }) => void logged.push(String(message)))])

const open = () =>
  Popug.promises(
    Layer.mergeAll(
      Memory.company({ secret: "of all draws" }),
      Drain.layer,
      Bell.layer,
      NodeHttpServer.layerHttpServices
    ).pipe(Layer.provideMerge(log))
  )
type Company = Awaited<ReturnType<typeof open>>

const handlerOf = ({ run }: Company): Promise<Handler> =>
  run(
    Effect.gen(function* () {
      const routes = PopugHttp.layer({ prefix, limits: { perUser: null, perAddress: null } }).pipe(
        Layer.provide(authentication)
      )
      const app = yield* HttpRouter.toHttpEffect(routes)
      // A scope of its own: requests in it go on while the server drains, whose scope closes before.
      return yield* NodeHttpServer.makeHandler(app, { scope: yield* Scope.fork(yield* Effect.scope) })
    })
  )

const mount = async (popug: Company, host: (typeof hosts)[string]): Promise<string> => {
  const node = NodeServer.make()
  await host(node.server, await handlerOf(popug))
  await popug.run(Layer.build(Drain.onShutdown({ server: node })))
  return listening(node.server)
}

const listening = async (server: Http.Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`
}

const staffed = async (): Promise<Company> => {
  const popug = await open()
  await popug.users.create(Actor.system, [
    { id: "ann", name: "Ann", roles: ["admin"] },
    { id: "olga", name: "Olga", roles: ["worker"] }
  ])
  await popug.consumers.settle()
  return popug
}

const json = { "content-type": "application/json" }
const olga = { authorization: "Bearer session-of-olga" }

describe.each(Object.entries(hosts))("mounted into %s", (_name, host) => {
  let popug: Company
  let url: string
  beforeAll(async () => {
    popug = await staffed()
    url = await mount(popug, host)
  })
  afterAll(() => popug.close())
  const ask = (path: string, init: RequestInit = {}) => fetch(url + path, { redirect: "manual", ...init })

  it("lets in whom the host's own authentication knows, and nobody else", async () => {
    const me = await ask("/popug/v1/users/me", { headers: olga })
    assert.strictEqual(((await me.json()) as { readonly id: string }).id, "olga")
    const stranger = await ask("/popug/v1/users/me", { headers: { authorization: "Bearer made-up" } })
    assert.strictEqual(stranger.status, 401)
    assert.match(stranger.headers.get("www-authenticate")!, /no such session/u)
  })

  it("reads bodies itself, and says where the new thing is at the host", async () => {
    const made = await ask("/popug/v1/tasks", {
      method: "POST",
      headers: { ...olga, ...json },
      body: JSON.stringify({ title: "Mend the roof" })
    })
    assert.strictEqual(made.status, 201)
    const { id, title } = (await made.json()) as { readonly id: string; readonly title: string }
    assert.strictEqual(title, "Mend the roof")
    assert.strictEqual(made.headers.get("location"), `/popug/v1/tasks/${id}`)
    const found = await ask(made.headers.get("location")!, { headers: olga })
    assert.strictEqual(found.status, 200)
    assert.strictEqual((await popug.tasks.get(Actor.user("olga"), id)).title, "Mend the roof")
    const user = await ask("/popug/v1/users", {
      method: "POST",
      headers: { authorization: "Bearer session-of-ann", ...json },
      body: JSON.stringify({ name: "Max", roles: ["manager"] })
    })
    const found2 = await ask(user.headers.get("location")!, { headers: { authorization: "Bearer session-of-ann" } })
    assert.strictEqual(found2.status, 200)
  })

  it("has problems name paths as the caller knows them", async () => {
    const missing = await ask("/popug/v1/nothing?x=1", { headers: olga })
    assert.deepInclude(await missing.json(), { status: 404, instance: "/popug/v1/nothing" })
    const wrong = await ask("/popug/v1/tasks", { method: "PUT", headers: olga })
    assert.deepInclude(await wrong.json(), { status: 405, instance: "/popug/v1/tasks" })
    assert.strictEqual(wrong.headers.get("allow"), "GET, HEAD, POST")
    const malformed = await ask("/popug/v1/tasks", { method: "POST", headers: { ...olga, ...json }, body: "{" })
    assert.deepInclude(await malformed.json(), { status: 400, instance: "/popug/v1/tasks" })
    const text = { ...olga, "content-type": "text/plain" }
    const media = await ask("/popug/v1/tasks", { method: "POST", headers: text, body: "x" })
    assert.deepInclude(await media.json(), { status: 415, instance: "/popug/v1/tasks" })
    const large = await ask("/popug/v1/tasks", {
      method: "POST",
      headers: { ...olga, ...json },
      body: JSON.stringify({ title: "x".repeat(1_100_000) })
    })
    assert.deepInclude(await large.json(), { status: 413, instance: "/popug/v1/tasks" })
  })

  it("leads from its address to the docs, and has documents that call it there", async () => {
    for (const front of ["/popug", "/popug/"]) {
      assert.strictEqual((await ask(front)).headers.get("location"), "/popug/docs")
    }
    const openapi = (await (await ask("/popug/openapi.json")).json()) as { readonly servers: unknown }
    assert.deepStrictEqual(openapi.servers, [{ url: "/popug" }])
    const docs = await ask("/popug/docs")
    assert.match(docs.headers.get("content-security-policy")!, /script-src 'unsafe-inline'/u)
    assert.include(await docs.text(), '"servers":[{"url":"/popug"}]')
  })

  it("believes no header about its prefix", async () => {
    const headers = { ...olga, "x-forwarded-prefix": "/evil", "x-forwarded-host": "evil.example", forwarded: "host=e" }
    const front = await ask("/popug/", { headers })
    assert.strictEqual(front.headers.get("location"), "/popug/docs")
    const missing = await ask("/popug/v1/nothing", { headers })
    assert.deepInclude(await missing.json(), { instance: "/popug/v1/nothing" })
  })

  it("leaves the host's own routes to it", async () => {
    assert.strictEqual(await (await ask("/own")).text(), "own")
    const posted = await ask("/own", { method: "POST", headers: json, body: JSON.stringify({ own: "parsed" }) })
    assert.strictEqual(await posted.text(), "parsed")
  })

  it("serves the typed client at a base URL with a path: commands, pages, and a feed that goes on where it was", async () => {
    for (const baseUrl of [`${url}/popug`, `${url}/popug/`]) {
      const client = promises({ baseUrl, token: "session-of-olga" })
      const { body } = await client.tasks.create({ payload: { title: "Paint the door" } })
      await client.tasks.complete({ params: { id: body.id } })
      const titles: Array<string> = []
      for await (const row of client.rows((at) => client.tasks.list({ query: { ...at, limit: 1, assignee: "me" } })))
        titles.push(row.title)
      assert.include(titles, "Paint the door")
      let position: string | undefined
      for await (const event of client.follow({ source: "tasks", after: 0 })) {
        position = event.position
        break
      }
      for await (const event of client.follow({ source: "tasks", after: position! })) {
        assert.isAbove(event.number, Number.parseInt(position!, 10))
        break
      }
    }
  })

  it("shares the company with whoever uses it behind promises", async () => {
    const { answer } = await popug.tasks.create(Actor.user("olga"), [{ title: "Sweep the yard" }])
    const done = await ask(`/popug/v1/tasks/${answer[0]!.id}/complete`, { method: "POST", headers: olga })
    assert.strictEqual(done.status, 200)
    assert.strictEqual((await popug.tasks.get(Actor.user("olga"), answer[0]!.id)).status, "done")
  })
})

describe("closing a company", () => {
  it.each(Object.entries(hosts))(
    "ends the streams and answers what is under way, then its server and itself: %s",
    async (_, host) => {
      const popug = await staffed()
      const url = await mount(popug, host)
      const feed = await fetch(`${url}/popug/v1/events/feed?source=tasks`, { headers: olga })
      assert.strictEqual(feed.status, 200)
      const begun = Http.request(`${url}/popug/v1/tasks`, { method: "POST", headers: { ...olga, ...json } })
      const answered = new Promise<Http.IncomingMessage>((resolve) => begun.on("response", resolve))
      begun.write('{ "title": ')
      // Asked after it, and answered: so the server has both.
      assert.strictEqual((await fetch(`${url}/popug/readyz`)).status, 200)
      const closed = popug.close()
      await feed.text()
      begun.end('"Mend the roof" }')
      const { headers, statusCode } = (await answered).resume()
      assert.deepStrictEqual([statusCode, headers.connection], [201, "close"])
      await closed
      assert.strictEqual(await fetch(url).catch(() => "closed"), "closed")
    }
  )
})

describe("a connection whose answer closes it", () => {
  it.each(Object.entries(hosts))("has what was sent behind it not carried out: %s", async (_, host) => {
    const popug = await staffed()
    const { port } = new URL(await mount(popug, host))
    const request = (body: string) => {
      const head = `host: x\r\nauthorization: ${olga.authorization}\r\ncontent-type: application/json\r\n`
      return `POST /popug/v1/tasks HTTP/1.1\r\n${head}content-length: ${body.length}\r\n\r\n${body}`
    }
    const socket = Net.connect(Number(port), "127.0.0.1")
    // Too large a body ends the connection: what is behind it may be part of it.
    socket.write(request("x".repeat(2_000_000)) + request('{"title":"Mend the roof"}'))
    let text = ""
    for await (const chunk of socket) text += String(chunk)
    assert.deepStrictEqual(text.match(/HTTP\/1\.1 \d+/gu), ["HTTP/1.1 413"])
    assert.deepStrictEqual((await popug.tasks.list(Actor.user("ann"), {})).rows, [])
    await popug.close()
  })
})

it("a host that read the body first is told so, and the caller is not blamed", async () => {
  const popug = await staffed()
  const app = express()
    .use(express.json())
    .use(prefix, await handlerOf(popug))
  const server = Http.createServer(app)
  const url = await listening(server)
  const body = JSON.stringify({ title: "Mend the roof" })
  const answer = await fetch(`${url}/popug/v1/tasks`, {
    method: "POST",
    headers: { ...olga, ...json },
    body
  })
  assert.strictEqual(answer.status, 500)
  assert.isTrue(logged.some((line) => line.includes("put popug before the host's parsers of bodies")))
  await new Promise((resolve) => server.close(resolve))
  await popug.close()
})

describe("a prefix", () => {
  it("is taken off targets that are under it", () => {
    const known: ReadonlyArray<readonly [string, string | undefined]> = [
      ["/popug", "/"],
      ["/popug/", "/"],
      ["/popug?x=1", "/?x=1"],
      ["/popug/v1/tasks?limit=1", "/v1/tasks?limit=1"],
      ["http://popug.example/popug/docs", "http://popug.example/docs"],
      ["HTTP://popug.example/popug", "HTTP://popug.example/"],
      ["/popug//evil.example", "//evil.example"],
      ["/popugs", undefined],
      ["/", undefined],
      ["*", undefined],
      ["/other/popug/", undefined]
    ]
    for (const [target, rest] of known) assert.strictEqual(withoutPrefix("/popug", target), rest, target)
  })

  it("that is no plain path is refused", () => {
    for (const good of ["", "/popug", "/a/b", "/%D0%BF", "/a.b", "/..."]) assert.strictEqual(checked(good), good)
    const bad = [
      "popug",
      "/",
      "/popug/",
      "//evil",
      "/a//b",
      "/a/../b",
      "/.",
      "/a?b",
      "/a#b",
      "/a b",
      "/é",
      "http://x",
      "/a\n"
    ]
    for (const prefix of bad) assert.throws(() => checked(prefix), /is no path/u, prefix)
  })
})
