import { connect, type Socket } from "node:net"
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Actor,
  Company,
  EventLog,
  Ids,
  Notifier,
  Popug,
  Readiness,
  StoreError,
  type TaskId,
  Tasks,
  Users,
  UserStore
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { describe, expect, inject, it } from "vitest"
import { connection, client, fresh, freshSchema, of } from "./support.ts"
import { identity, saveUsers, users } from "./users.ts"

const run = <A, E>(effect: Effect.Effect<A, E, never>) => Effect.runPromise(effect)

/** What a failure says, as a caller decides by it. */
const said = (error: unknown) => {
  if (!(error instanceof StoreError)) throw new Error(`failed with ${String(error)}`)
  const { committed, reason, retryable } = error
  return { committed, reason, retryable }
}

const unavailable = { reason: "Unavailable", retryable: true, committed: "no" }

const opened = Effect.tap(UserStore, (store) => store.open(identity))

describe("a database that can't be used", () => {
  it("is unavailable when nobody answers at its address", () =>
    Effect.gen(function* () {
      const nowhere = { ...client, url: Redacted.make("postgres://popug@127.0.0.1:1/postgres") }
      const error = yield* Effect.flip(Layer.build(of("popug")(Postgres.layer(nowhere))))
      expect(said(error)).toEqual(unavailable)
    }).pipe(Effect.scoped, run))

  it("is unavailable in bounded time when all connections are taken", () =>
    Effect.gen(function* () {
      const store = yield* opened
      const started = yield* Deferred.make<void>()
      const finish = yield* Deferred.make<void>()
      const holder = yield* Effect.forkChild(
        store.transact(() => Effect.andThen(Deferred.succeed(started, undefined), Deferred.await(finish)))
      )
      yield* Deferred.await(started)
      const log = yield* EventLog
      expect(said(yield* Effect.flip(log.last("users")))).toEqual(unavailable)
      yield* Deferred.succeed(finish, undefined)
      yield* Fiber.join(holder)
      expect(yield* log.last("users")).toBe(0)
    }).pipe(Effect.provide(fresh({ maxConnections: 1, listen: false, patienceMillis: 2_000 })), run))

  it("is unavailable when somebody holds the head for too long", () => {
    const schema = freshSchema()
    return Effect.gen(function* () {
      const store = yield* opened
      const sql = yield* PgClient
      const refusal = yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql.unsafe(`select 1 from ${schema}.contexts for update`)
          // On a connection of its own, not inside this transaction.
          return yield* Effect.flip(
            Effect.promise(() => Effect.runPromiseExit(store.transact(() => Effect.void))).pipe(Effect.flatten)
          )
        })
      )
      expect(said(refusal)).toEqual(unavailable)
      yield* saveUsers(store, "a")
    }).pipe(Effect.provide(fresh({ schema, lockTimeoutMillis: 100 })), run)
  })

  it("lets the others go on when one falls silent in mid-transaction", () => {
    const schema = freshSchema()
    return Effect.gen(function* () {
      const silent = yield* Layer.build(fresh({ schema, idleTimeoutMillis: 200 }))
      const other = yield* Layer.build(fresh({ schema }))
      const store = Context.get(silent, UserStore)
      yield* store.open(identity)
      yield* Context.get(other, UserStore).open(identity)
      const started = yield* Deferred.make<void>()
      const wake = yield* Deferred.make<void>()
      const sleeper = yield* Effect.forkChild(
        store.transact((tx) =>
          Effect.gen(function* () {
            yield* Deferred.succeed(started, undefined)
            yield* Deferred.await(wake)
            yield* tx.save(users(tx, "late"))
          })
        )
      )
      yield* Deferred.await(started)
      yield* saveUsers(Context.get(other, UserStore), "b")
      yield* Deferred.succeed(wake, undefined)
      expect(said(yield* Effect.flip(Fiber.join(sleeper)))).toEqual(unavailable)
      const { rows } = yield* store.list({}, { limit: 10 })
      expect(rows.map(({ id }) => id)).toEqual(["b"])
    }).pipe(Effect.scoped, run)
  })

  it("is not ready while it can only be read", () => {
    const schema = freshSchema()
    const readOnly = { default_transaction_read_only: "on" }
    return Effect.gen(function* () {
      const writable = yield* Layer.build(fresh({ schema }))
      yield* Context.get(writable, Readiness)
      yield* Context.get(writable, UserStore).open(identity)
      const standby = yield* Layer.build(fresh({ schema, migrate: false, startupParameters: readOnly }))
      expect(said(yield* Effect.flip(Context.get(standby, Readiness)))).toEqual(unavailable)
      expect(said(yield* Effect.flip(saveUsers(Context.get(standby, UserStore), "a")))).toEqual(unavailable)
    }).pipe(Effect.scoped, run)
  })

  it("names what a person must look at", () => {
    const schema = freshSchema()
    return Effect.gen(function* () {
      const store = yield* opened
      const { unsafe } = yield* PgClient
      yield* unsafe(`update ${schema}.contexts set state = '[]' where name = 'users'`)
      yield* unsafe(`drop table ${schema}.users`)
      const error = yield* Effect.flip(store.list({}, { limit: 1 }))
      expect(error.reason).toBe("Corrupt")
      expect(error.message).toMatch(/has the database been migrated/)
    }).pipe(Effect.provide(fresh({ schema })), run)
  })
})

/** Connections of which one is lost at its next commit, before the server hears of it or before it answers. */
const losing = (commits = "COMMIT\0") => {
  const { hostname, port } = new URL(inject("databaseUrl"))
  let moment: "before" | "after" | undefined
  let lost = 0
  const stream = (): Socket => {
    const socket = connect(Number(port), hostname)
    const write = socket.write.bind(socket)
    socket.write = ((chunk: Uint8Array, ...rest: ReadonlyArray<never>) => {
      const hit = moment !== undefined && Buffer.from(chunk).includes(commits)
      if (!hit) return write(chunk, ...rest)
      const now = moment
      moment = undefined
      lost += 1
      if (now === "after") {
        socket.removeAllListeners("data")
        socket.on("data", () => socket.destroy(new Error("lost before the answer")))
        return write(chunk, ...rest)
      }
      socket.destroy(new Error("lost before the commit"))
      return true
    }) as Socket["write"]
    return socket
  }
  return {
    stream,
    lose: (when: "before" | "after") => void (moment = when),
    lost: () => lost
  }
}

/** A company over these ports. */
const wholeOver = (ports: ReturnType<typeof fresh>) =>
  Popug.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(ports, Company.layer({ id: identity.id, secret: "s" }), Ids.layer, Notifier.layerLog)
    )
  )

describe("a connection that is lost at COMMIT", () => {
  it.each(["before", "after"] as const)("leaves open what happened, lost %s", (when) => {
    const { lose, stream } = losing()
    return Effect.gen(function* () {
      const store = yield* opened
      yield* saveUsers(store, "a")
      lose(when)
      expect(said(yield* Effect.flip(saveUsers(store, "b")))).toEqual({
        reason: "Unavailable",
        retryable: true,
        committed: "unknown"
      })
      const { rows } = yield* store.list({}, { limit: 10 })
      expect(rows.map(({ id }) => id)).toEqual(when === "after" ? ["a", "b"] : ["a"])
    }).pipe(Effect.provide(fresh({ ...connection, stream, prepare: false, listen: false })), run)
  })

  it.each(["before", "after"] as const)("is found out by the command's id, and done once: lost %s", (when) => {
    const { lose, lost, stream } = losing()
    const ports = fresh({ ...connection, stream, prepare: false, listen: false })
    return Effect.gen(function* () {
      const create = (yield* Users).create
      yield* create(Actor.system, [{ id: "a", name: "a", roles: ["worker"] }])
      lose(when)
      const { answer } = yield* create(Actor.system, [{ id: "b", name: "b", roles: ["worker"] }])
      expect(answer.map(({ id }) => id)).toEqual(["b"])
      expect(lost()).toBe(1)
      expect(yield* (yield* EventLog).last("users")).toBe(2)
    }).pipe(Effect.provide(wholeOver(ports)), Effect.scoped, run)
  })

  it.each(["before", "after"] as const)("is found out where one statement was the commit, lost %s", (when) => {
    const { lose, lost, stream } = losing("with found as")
    const ports = fresh({ ...connection, stream, prepare: false, listen: false })
    return Effect.gen(function* () {
      const create = (yield* Tasks).create
      yield* create(Actor.system, [{ id: "a" as TaskId, title: "a" }])
      lose(when)
      const { answer } = yield* create(Actor.system, [{ id: "b" as TaskId, title: "b" }])
      expect(answer.map(({ id }) => id)).toEqual(["b"])
      expect(lost()).toBe(1)
      expect(yield* (yield* EventLog).last("tasks")).toBe(2)
    }).pipe(Effect.provide(wholeOver(ports)), Effect.scoped, run)
  })
})
