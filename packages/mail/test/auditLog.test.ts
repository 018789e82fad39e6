import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { AuditTrail, BillingStore, Company, Notifier, StoreError } from "@popug/core"
import { Mail } from "@popug/mail"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as AuditLog from "../src/AuditLog.ts"
import { parseCsv } from "./support/csv.ts"
import { books, fee, period, reportNotice, sealed } from "./support/notices.ts"
import { common, send } from "./support/send.ts"
import { server } from "./support/smtp.ts"

describe("the audit log", () => {
  it.effect("is read in pages", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server()
      const transfers = Array.from({ length: 12_001 }, (_, index) => fee(index + 1, `u${index % 7}`, "Mend it"))
      const reads: Array<number> = []
      assert.deepStrictEqual(yield* send({ port }, [sealed(12_001)], books(transfers, {}, reads)), [null])
      assert.deepStrictEqual(reads, [0, 5_000, 10_000])
      const rows = parseCsv(arrived[0]!.mail.attachments[0]!.content.toString("utf8"))
      assert.deepStrictEqual(
        rows.slice(1).map(([number]) => Number(number)),
        transfers.map(({ number }) => number)
      )
    })
  )

  it.effect("of a busy day is attached compressed", () =>
    Effect.gen(function* () {
      const attached = yield* AuditLog.attachment(yield* AuditTrail, sealed(14_000).report)
      assert.deepStrictEqual([attached.filename, attached.contentType], [`audit-${period}.csv.gz`, "application/gzip"])
      assert.isBelow(attached.content.length, 1_000_000)
      assert.strictEqual(parseCsv(gunzipSync(attached.content).toString("utf8")).length, 14_001)
    }).pipe(
      Effect.provide(
        AuditTrail.layer.pipe(
          Layer.provide(
            books(Array.from({ length: 14_000 }, (_, index) => fee(index + 1, "olga", "Mend it ".repeat(75))))
          )
        )
      )
    )
  )

  it.effect("is not sent when it is not what was sealed", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server()
      const errors = yield* send({ port }, [sealed(2), reportNotice()], books([fee(1, "olga", "Mend it")]))
      assert.deepStrictEqual(errors, [`the books hold 1 transfers of ${period}, but 2 were sealed`, null])
      assert.strictEqual(arrived.length, 1)
    })
  )

  it.effect("that can't be read to its end in time is given up, with what waits behind it", () =>
    Effect.gen(function* () {
      const hanging = Layer.succeed(BillingStore, { transfers: () => Effect.never } as never)
      const ports = Layer.merge(Company.layer({ secret: "s" }), hanging)
      const late = "not sent within the batch's limit of time"
      const errors = (concurrency: number) =>
        Effect.gen(function* () {
          const { send } = yield* Notifier
          const sending = yield* Effect.forkChild(send([reportNotice(), sealed(1), reportNotice()]))
          yield* TestClock.adjust("50 seconds")
          return yield* Fiber.join(sending)
        }).pipe(Effect.provide(Mail.layerLog({ ...common, concurrency }).pipe(Layer.provide(ports))))
      assert.deepStrictEqual(yield* errors(1), [null, late, late])
      assert.deepStrictEqual(yield* errors(2), [null, late, null])
    })
  )

  it.effect("whose reading goes on while the clock is set keeps nothing from being sent in time", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      let ahead = 0
      const millis = () => clock.currentTimeMillisUnsafe() + ahead
      const settable = { ...clock, currentTimeMillisUnsafe: millis, currentTimeMillis: Effect.sync(millis) }
      const transfers = () => Effect.sync(() => ((ahead += 86_400_000), { rows: [], more: false }))
      const ports = Layer.merge(Company.layer({ secret: "s" }), Layer.succeed(BillingStore, { transfers } as never))
      const send = Effect.flatMap(Notifier, (notifier) => notifier.send([sealed(0), reportNotice()])).pipe(
        Effect.provide(Mail.layerLog({ ...common, concurrency: 1 }).pipe(Layer.provide(ports)))
      )
      assert.deepStrictEqual(yield* Effect.provideService(send, Clock.Clock, settable), [null, null])
      assert.isAbove(ahead, 0)
    })
  )

  it.effect("that the books can't give is an error that says why", () =>
    Effect.gen(function* () {
      const down = new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message: "no connection" })
      const failing = Layer.succeed(BillingStore, { transfers: () => Effect.fail(down) } as never)
      const errors = yield* Effect.flatMap(Notifier, ({ send }) => send([sealed(1), reportNotice()])).pipe(
        Effect.provide(Mail.layerLog(common).pipe(Layer.provide([Company.layer({ secret: "s" }), failing])))
      )
      assert.deepStrictEqual(errors, ["the books could not be read: no connection", null])
    })
  )
})
