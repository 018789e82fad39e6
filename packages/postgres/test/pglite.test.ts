import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { PgClient } from "@effect/sql-pg/PgClient"
import { CursorStore, type StoreError, UserStore } from "@popug/core"
import { Pglite } from "@popug/postgres/pglite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import { afterAll, describe, expect, it } from "vitest"
import { identity, saveUsers } from "./users.ts"

const root = mkdtempSync(join(tmpdir(), "popug-pglite-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) => Effect.runPromise(Effect.scoped(effect))

const names = Effect.map(
  Effect.flatMap(UserStore, (store) => store.list({}, { limit: 10 })),
  ({ rows }) => rows.map(({ id }) => id)
)

/** Opens the folder in another process, and gives what it says. */
const inAnotherProcess = (folder: string) =>
  Effect.callback<string>((resume) => {
    const script = fileURLToPath(new URL("./crash/opener.ts", import.meta.url))
    const child = spawn(process.execPath, ["--conditions=@popug/source", script, folder])
    let output = ""
    child.stdout.on("data", (chunk) => void (output += chunk))
    child.on("close", () => resume(Effect.succeed(output.trim())))
  })

describe("a company in a folder", () => {
  it("is there again when it is reopened, and leaves no server behind", () => {
    const layer = Pglite.layer({ folder: join(root, "reopened") })
    return run(
      Effect.gen(function* () {
        yield* Effect.gen(function* () {
          const store = yield* UserStore
          yield* store.open(identity)
          yield* saveUsers(store, "a", "b")
        }).pipe(Effect.provide(layer, { local: true }))
        expect(yield* names.pipe(Effect.provide(layer, { local: true }))).toEqual(["a", "b"])
        expect(readdirSync(join(root, "reopened")).sort()).toEqual(["data", "lock", "process"])
      })
    )
  }, 60_000)

  it("is refused to everybody else, in this process and in another, until it is closed", () => {
    const folder = join(root, "locked")
    return run(
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        yield* Layer.build(Pglite.layerClient({ folder })).pipe(Scope.provide(scope))
        const error = yield* Effect.flip(Layer.build(Layer.fresh(Pglite.layer({ folder }))))
        expect(error).toMatchObject({ _tag: "FolderInUse", folder, process: process.pid })
        expect(yield* inAnotherProcess(folder)).toBe(
          `the data folder ${folder} is in use by process ${process.pid}: only one process can use it at a time`
        )
        yield* Scope.close(scope, Exit.void)
        expect(yield* inAnotherProcess(folder)).toBe("opened")
        yield* Layer.build(Pglite.layerClient({ folder }))
      })
    )
  }, 60_000)
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
      }).pipe(Effect.provide(Pglite.layer()))
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
      }).pipe(Effect.provide(Pglite.layer({ patienceMillis: 200 })))
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
