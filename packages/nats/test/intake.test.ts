/**
 * What comes from NATS: one durable consumer for each name, whose events go to the company that they are of.
 */
import type { Nats } from "@popug/nats"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import { build, carried, connection, events, options, outsider, received, receivedOf, shelf, upTo } from "./support.ts"

const run = <A>(effect: Effect.Effect<A, unknown, Scope.Scope>) => Effect.runPromise(Effect.scoped(effect))

/** What the server has out for a name, and has still to give. */
const standing = (
  { manager }: Effect.Success<ReturnType<typeof outsider>>,
  { stream }: Nats.Options,
  durable: string
) => Effect.promise(() => manager.consumers.info(stream!.name!, durable))

/** One connection for all that is built over it. */
const shared = (given: Nats.Options) =>
  Effect.map(Layer.build(connection(given)), (context) => Layer.succeedContext(context))

it("gives each company its own events, by one durable consumer of a name", () =>
  run(
    Effect.gen(function* () {
      const given = options()
      const over = yield* shared(given)
      const out = yield* outsider(given.servers)
      const companies = yield* Effect.forEach(["a", "b", "c"], (id) => build(shelf(), over, id))
      const all = Effect.forEach(companies, (bus) => received(bus, "billing.tasks", upTo(50)), {
        concurrency: "unbounded",
        discard: true
      })
      yield* Effect.forEach(companies, (bus) => bus.publish(events("tasks", 1, 50)))
      yield* all
      const { consumers } = out.manager
      const names = yield* Effect.promise(async () => {
        const found = []
        for await (const { name } of consumers.list(given.stream!.name!)) found.push(name)
        return found
      })
      expect(names).toEqual(["billing_2e_tasks_tasks"])
    })
  ))

it("has a company that does not go on take no room of others", () =>
  run(
    Effect.gen(function* () {
      const given = options({ mostPending: 60, share: 20, acknowledgeWithin: "30 seconds" })
      const over = yield* shared(given)
      const [stopped, fine] = [yield* build(shelf(), over, "stopped"), yield* build(shelf(), over, "fine")]
      const stuck = yield* stopped.subscribe("billing", "tasks")
      yield* stopped.publish(events("tasks", 1, 500))
      yield* stuck.take
      yield* fine.publish(events("tasks", 1, 500))
      yield* received(fine, "billing", upTo(500))
      // Once it goes on it has the others from its log.
      yield* stopped.publish(events("tasks", 501, 510))
    })
  ))

it("has however many companies that do not go on take no room of others for long", () =>
  run(
    Effect.gen(function* () {
      const given = options({ mostPending: 60, share: 20, acknowledgeWithin: "2 seconds" })
      const over = yield* shared(given)
      const stopped = yield* Effect.forEach(upTo(5), (number) => build(shelf(), over, `stopped${number}`))
      for (const bus of stopped) {
        const stuck = yield* bus.subscribe("billing", "tasks")
        yield* bus.publish(events("tasks", 1, 30))
        yield* stuck.take
      }
      const fine = yield* build(shelf(), over, "fine")
      yield* fine.publish(events("tasks", 1, 100))
      yield* received(fine, "billing", upTo(100))
    })
  ))

it("delivers from the log what it had no room for", () =>
  run(
    Effect.gen(function* () {
      const given = options({ share: 20 })
      const bus = yield* build(shelf(), connection(given))
      const subscription = yield* bus.subscribe("billing", "tasks")
      yield* bus.publish(events("tasks", 1, 500))
      const out = yield* outsider(given.servers)
      yield* carried(out, given, 500)
      // Everything has come, and was acknowledged but for a share.
      for (;;) {
        const { num_ack_pending: pending, num_pending: left } = yield* standing(out, given, "billing_tasks")
        if (left === 0 && pending <= 20) break
        yield* Effect.sleep("5 millis")
      }
      yield* receivedOf(subscription, upTo(500))
    })
  ))

it("reads from the log what somebody has damaged on the way, and passes over what is no event", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      const bus = yield* build(own, connection(given))
      const subscription = yield* bus.subscribe("billing", "tasks")
      const out = yield* outsider(given.servers)
      own.commit(events("tasks", 1, 9))
      yield* bus.publish(events("tasks", 1, 3))
      yield* receivedOf(subscription, upTo(3))
      const { nc } = out
      const headers = (yield* Effect.promise(() => import("@nats-io/transport-node"))).headers()
      nc.publish(`${given.prefix}.acme.tasks`, "nonsense")
      headers.set("ce-number", "12")
      own.commit(events("tasks", 10, 12))
      nc.publish(`${given.prefix}.acme.tasks`, "nonsense", { headers })
      yield* receivedOf(subscription, [12])
    })
  ))

it("leaves to the log what no process waits for", () =>
  run(
    Effect.gen(function* () {
      const given = options()
      const over = yield* shared(given)
      const out = yield* outsider(given.servers)
      const [here, away] = [yield* build(shelf(), over, "here"), yield* build(shelf(), over, "away")]
      yield* away.publish(events("tasks", 1, 30))
      yield* carried(out, given, 30, "away.tasks")
      yield* here.publish(events("tasks", 1, 30))
      yield* received(here, "billing", upTo(30))
      for (;;) {
        const { num_ack_pending: pending, num_pending: left } = yield* standing(out, given, "billing_tasks")
        if (left === 0 && pending === 0) break
        yield* Effect.sleep("20 millis")
      }
    })
  ))

it("gives each event to one of the processes that wait for it, and those of one that is gone to others", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      const bus = yield* build(own, connection(given))
      const second = yield* bus.subscribe("billing", "tasks")
      const came = { first: 0 }
      let last = 0
      yield* Effect.scoped(
        Effect.gen(function* () {
          const other = yield* build(own, connection(given))
          const first = yield* other.subscribe("billing", "tasks")
          yield* Effect.forkScoped(Effect.forever(Effect.map(first.take, ({ length }) => void (came.first += length))))
          // The second may have all that is there before the first begins.
          while (last < 400 || came.first < 20) {
            yield* bus.publish(events("tasks", last + 1, last + 20))
            last += 20
            yield* Effect.sleep(last < 400 ? "1 millis" : "10 millis")
          }
        })
      )
      // What the first has taken and not acknowledged comes to the second.
      yield* receivedOf(second, upTo(last))
    })
  ))
