import type { Duplex } from "node:stream"
import { PgClient } from "@effect/sql-pg/PgClient"
import { PGlite } from "@electric-sql/pglite"
import { CursorStore, type StoreError, UserStore } from "@popug/core"
import { Pglite } from "@popug/postgres/pglite"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as Bridge from "../src/pglite/Bridge.ts"
import { of } from "./support.ts"
import { identity, saveUsers } from "./users.ts"

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) => Effect.runPromise(Effect.scoped(effect))

const names = Effect.map(
  Effect.flatMap(UserStore, (store) => store.list({}, { limit: 10 })),
  ({ rows }) => rows.map(({ id }) => id)
)

/** A message of Postgres's protocol. */
const frame = (type: string, body: string | Buffer) => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(4 + Buffer.byteLength(body))
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)])
}
const startup = frame("", Buffer.from("\0\x03\0\0user\0postgres\0database\0postgres\0\0", "latin1"))

/** Sends a query, and returns what comes back up to the end of the answer. */
const ask = (stream: Duplex, ...frames: ReadonlyArray<Buffer>) =>
  new Promise<string>((resolve, reject) => {
    let output = ""
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("latin1")
      // Ready for the next: a message of one byte, the status.
      if (output.at(-6) === "Z" && output.slice(-5, -1) === "\0\0\0\x05") resolve(output)
    })
    stream.once("error", reject)
    for (const each of frames) stream.write(each)
  })

describe("a connection of PGlite's that is destroyed", () => {
  it("gives the session back, even while its BEGIN is under way", async () => {
    const db = await PGlite.create()
    const bridge = Bridge.make(db, 1_000)
    const query = (sql: string) => frame("Q", `${sql}\0`)
    // Wherever it stands by then: not heard yet, under way, or answered.
    for (let moments = 0; moments < 40; moments++) {
      const quick = bridge.stream()
      await ask(quick, startup)
      quick.write(query("BEGIN"))
      for (let moment = 0; moment < moments; moment++) await Promise.resolve()
      quick.destroy()
      const next = bridge.stream()
      await ask(next, startup)
      expect(await ask(next, query("select 'here'"))).toMatch(/here.*I$/s)
      next.destroy()
    }
    await db.close()
  })
})

describe("PGlite's one session", () => {
  it("rolls back what a fiber that was interrupted had begun, and goes on", () =>
    run(
      Effect.gen(function* () {
        const store = yield* UserStore
        yield* store.open(identity)
        const begun = yield* Effect.forkChild(
          store.transact((tx) => Effect.andThen(tx.load({ users: [], commands: [] }), Effect.never))
        )
        yield* Effect.sleep("30 millis")
        yield* Effect.sync(() => begun.interruptUnsafe())
        yield* saveUsers(store, "a")
        expect(yield* names).toEqual(["a"])
      }).pipe(Effect.provide(of(identity.id)(Pglite.layer())))
    ))

  it("fails, and does not hang, when a transaction waits for what runs outside of it", () =>
    run(
      Effect.gen(function* () {
        const cursors = yield* CursorStore
        const outside = yield* Effect.context<UserStore>()
        const store = yield* UserStore
        yield* store.open(identity)
        const error: StoreError = yield* cursors
          .transact("one", "users", (cursor) =>
            Effect.gen(function* () {
              // Another fiber, so not inside this transaction.
              const answer = yield* Effect.promise(() => Effect.runPromiseExit(Effect.provideContext(names, outside)))
              return [yield* answer, cursor] as const
            })
          )
          .pipe(Effect.flip)
        expect(error.reason).toBe("Unavailable")
        yield* saveUsers(store, "a")
        expect(yield* names).toEqual(["a"])
      }).pipe(Effect.provide(of(identity.id)(Pglite.layer({ patienceMillis: 200 }))))
    ))

  it("hears its own notifications", () =>
    run(
      Effect.gen(function* () {
        const sql = yield* PgClient
        const heard = yield* sql.listen("popug_test")
        yield* sql.notify("popug_test", "one")
        yield* sql.withTransaction(sql.unsafe("select pg_notify('popug_test', 'two')"))
        const payloads = [(yield* Queue.take(heard)).payload, (yield* Queue.take(heard)).payload]
        expect(payloads).toEqual(["one", "two"])
      }).pipe(Effect.scoped, Effect.provide(Pglite.layerClient()))
    ))
})
