/**
 * Commits without a lock on a database, a pooler or a network that is not as it is by default.
 */
import { connect, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import { describe, expect, inject, it } from "vitest"
import { create, nodes, run } from "./nodes.ts"
import { connection } from "./support.ts"

const other = "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d"

describe("a commit without a lock", () => {
  it.each([
    ["writes bytes in the old way", { bytea_output: "escape" }],
    ["is serializable by default", { default_transaction_isolation: "serializable" }],
    ["repeats reads by default", { default_transaction_isolation: "repeatable read" }]
  ])("finds tasks and commands as they are where the database %s", (_, startupParameters) =>
    Effect.gen(function* () {
      const { one, stored } = yield* nodes({ startupParameters })
      yield* create(one.store, other)
      yield* create(one.store, "other")
      expect(yield* create(one.store, "a", undefined, ["other", other])).toEqual([
        { number: 3, tasks: [other, "other"], commands: [`c-${other}`, "c-other"] }
      ])
      expect(yield* stored).toMatchObject({ numbers: [1, 2, 3, 4], follow: true })
    }).pipe(run)
  )

  it.each(["serializable", "repeatable read"])("loses nothing to another node where the database is %s", (level) =>
    Effect.gen(function* () {
      const settings = { startupParameters: { default_transaction_isolation: level } }
      const { one, other, stored } = yield* nodes(settings)
      const again = (store: typeof one.store, id: string) => Effect.eventually(create(store, id))
      const ids = Array.from({ length: 20 }, (_, index) => `${100 + index}`)
      yield* Effect.forEach(ids, (id, index) => again(index % 2 === 0 ? one.store : other.store, id), {
        concurrency: 4
      })
      expect(yield* stored).toMatchObject({ tasks: [...ids, "first"], follow: true })
    }).pipe(run)
  )

  it("gives up waiting for what it reads when nothing comes from the network any more", () =>
    Effect.gen(function* () {
      const { silence, stream } = network()
      const { one } = yield* nodes({ ...connection, stream, listen: false, patienceMillis: 2_000 })
      silence()
      const error = yield* Effect.flip(create(one.store, "a"))
      expect(error).toMatchObject({ reason: "Unavailable", retryable: true, committed: "no" })
    }).pipe(run))
})

/** A way to the database that can fall silent: nothing is refused, and nothing is sent any more. */
const network = () => {
  const { hostname, port } = new URL(inject("databaseUrl"))
  let isSilent = false
  const stream = (): Socket => {
    const socket = connect(Number(port), hostname)
    const write = socket.write.bind(socket)
    socket.write = ((...args: Parameters<typeof write>) => isSilent || write(...args)) as Socket["write"]
    return socket
  }
  return { stream, silence: () => void (isSilent = true) }
}
