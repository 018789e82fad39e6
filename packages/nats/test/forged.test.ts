/**
 * What somebody else writes to the subjects of a company: nothing of it is an event, and all that is one comes.
 */
import { headers } from "@nats-io/transport-node"
import { EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import * as Message from "../src/Message.ts"
import * as Seal from "../src/Seal.ts"
import { build, carried, connection, events, options, outsider, shelf, upTo } from "./support.ts"

const run = <A>(effect: Effect.Effect<A, unknown, Scope.Scope>) => Effect.runPromise(Effect.scoped(effect))

const next = { ...events("tasks", 4, 4)[0]!, data: { id: "forged" } }
const stranger = Seal.make("acme", "not the secret")

/** Messages that say that they are event 4 of acme's tasks, from whoever has read all that came before. */
const forgeries = {
  "an event of its own, with the digest of the one before": () => Message.encode("acme", next, stranger),
  "the same without a seal": () => {
    const message = Message.encode("acme", next, stranger)
    message.headers.delete(Seal.header)
    return message
  },
  "the same with the seal of another event": () => {
    const message = Message.encode("acme", next, stranger)
    message.headers.set(Seal.header, Seal.make("acme", "s").of(events("tasks", 3, 3)[0]!))
    return message
  },
  "an event of another company with the same secret": () => Message.encode("acme", next, Seal.make("other", "s")),
  "a number that no log has": () => {
    const none = headers()
    none.set("ce-number", "9007199254740991")
    return { id: "none", headers: none, data: new TextEncoder().encode("{}") }
  }
}

it.each(Object.entries(forgeries))("brings the event of the log, and not %s", (_, forge) =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const read: Array<readonly [after: number, limit: number]> = []
      const log = EventLog.of({
        ...own.log,
        read: (source, after, limit) =>
          Effect.andThen(
            Effect.sync(() => void read.push([after, limit])),
            own.log.read(source, after, limit)
          )
      })
      const given = options()
      const bus = yield* build({ ...own, log }, connection(given))
      const out = yield* outsider(given.servers)
      const subscription = yield* bus.subscribe("billing", "tasks")
      yield* bus.publish(events("tasks", 1, 3))
      const came = new Map<number, unknown>()
      const takeUpTo = (number: number) =>
        Effect.gen(function* () {
          while (!came.has(number)) {
            for (const { acknowledge, event } of yield* subscription.take) {
              expect(came.get(event.number) ?? event.data).toEqual(event.data)
              came.set(event.number, event.data)
              yield* acknowledge
            }
          }
        })
      yield* takeUpTo(3)
      const { data, headers: attributes, id } = forge()
      attributes.set("Nats-Msg-Id", id)
      yield* Effect.promise(() =>
        out.manager.jetstream().publish(`${given.prefix}.acme.tasks`, data, { headers: attributes, msgID: id })
      )
      // What it sends on has the forgery's place in the duplicate window, and goes on behind it.
      yield* bus.publish(events("tasks", 4, 4))
      yield* bus.publish(events("tasks", 5, 9))
      yield* takeUpTo(9)
      yield* Effect.exit(Effect.timeout(takeUpTo(4), "1 second"))
      expect([...came.values()]).not.toContainEqual(next.data)
      expect([...came.keys()].filter((number) => number !== 4)).toEqual([1, 2, 3, 5, 6, 7, 8, 9])
      expect(yield* carried(out, given, 9)).toEqual(expect.arrayContaining(upTo(9, 5)))
      expect(Math.max(...read.map(([after]) => after))).toBeLessThan(100)
    })
  )
)
