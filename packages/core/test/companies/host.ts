/**
 * Hosts of many companies in memory, under a clock that the tests set.
 */
import { Companies, type CompanyServices, Notifier, PollInterval, type Report } from "@popug/core"
import { Memory } from "@popug/memory"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"

const key = Redacted.make("the key of this host")

/** What was sent, by company. */
export type Outbox = Array<readonly [company: string, notice: Report.Notice]>

/** A node over a shelf; with `looks`, it looks for itself, so often. */
export const node = (
  attachment: Memory.Attachment,
  { looks = null, outbox = [] }: { readonly looks?: Duration.Duration | null; readonly outbox?: Outbox } = {}
) =>
  Companies.layer({
    databases: { main: Memory.layerHomeOver(attachment) },
    defaultDatabase: "main",
    notifier: ({ id }) =>
      Layer.succeed(Notifier, {
        send: (notices) =>
          Effect.sync(() => {
            for (const notice of notices) outbox.push([id, notice])
            return notices.map(() => null)
          })
      })
  }).pipe(
    Layer.provide([Memory.layerDirectoryOver(attachment), Memory.layerSecrets(key), Memory.layerDigest]),
    Layer.provide(Layer.succeed(PollInterval, looks))
  )

/** Runs a body on a node of its own shelf, at noon of a day. */
export const onNode = <A, E>(
  body: (shelf: Memory.Shelf, outbox: Outbox) => Effect.Effect<A, E, Companies>
): Promise<A> => {
  const shelf = Memory.shelf()
  const outbox: Outbox = []
  return noon.pipe(
    Effect.andThen(Effect.provide(body(shelf, outbox), node(Memory.attach(shelf), { outbox }))),
    Effect.provide(TestClock.layer()),
    Effect.runPromise
  )
}

export const noon = TestClock.setTime(Date.parse("2031-04-05T12:00:00Z"))

/** Does something in a company. */
export const within = <A, E>(id: string, body: Effect.Effect<A, E, CompanyServices>) => Companies.within(id, body)
