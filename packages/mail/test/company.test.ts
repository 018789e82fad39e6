import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import {
  Actor,
  Assignment,
  Billing,
  Company,
  Consumers,
  Ids,
  PollInterval,
  Popug,
  Pricing,
  Reports,
  Tasks,
  Users
} from "@popug/core"
import { Mail } from "@popug/mail"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { simpleParser } from "mailparser"
import { parseCsv } from "./support/csv.ts"

const at = (iso: string) => TestClock.setTime(Date.parse(iso))

/** A company in memory whose notices become files. */
const company = (folder: string) => {
  const mail = Mail.layerFiles({
    from: "popug@company.example",
    management: ["boss@company.example"],
    accountants: ["books@company.example"],
    popug: Mail.atDomain("company.example"),
    folder
  })
  return Popug.layer.pipe(
    Layer.provide(mail),
    Layer.provide([
      Layer.succeed(Assignment.ChooseAssignee, ({ candidates }) => candidates.at(-1)!),
      Layer.succeed(Pricing.Pricing, () => ({ fee: 1000n, award: 3000n })),
      Ids.layer
    ]),
    Layer.provide(Layer.succeed(PollInterval, null)),
    Layer.provideMerge(Layer.merge(Memory.layer, Company.layer({ secret: "s", id: "acme" }))),
    Layer.provide(Layer.effectDiscard(at("2026-11-21T12:00:00Z")))
  )
}

it.effect("a company's day becomes mail", () =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "popug-mail-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    yield* Effect.gen(function* () {
      const tasks = yield* Tasks
      const { settle } = yield* Consumers
      const { dispatch } = yield* Reports
      yield* (yield* Users).create(Actor.system, [
        { id: "acc", name: "Acc", roles: ["accountant"] },
        { id: "olga", name: "Ольга", roles: ["worker"] }
      ])
      yield* settle
      yield* tasks.create(Actor.system, [
        { id: "roof", title: "Mend the <roof>" },
        { id: "door", title: "=Paint the door" }
      ])
      yield* tasks.complete(Actor.user("olga"), "roof")
      yield* settle
      yield* (yield* Billing).correct(Actor.user("acc"), { transfer: 2, reason: "-nobody did it" })
      yield* at("2026-11-22T00:00:01Z")
      yield* tasks.endRegistration(Actor.system)
      yield* settle
      assert.strictEqual(yield* dispatch, 3)
      assert.strictEqual(yield* dispatch, 0)
    }).pipe(Effect.provide(company(folder)))

    assert.deepStrictEqual(readdirSync(folder).sort(), [
      "audit.2026-11-21.eml",
      "payout.2026-11-21.olga.eml",
      "report.2026-11-21.eml"
    ])
    const read = (name: string) => Effect.promise(() => simpleParser(readFileSync(join(folder, name))))
    const report = yield* read("report.2026-11-21.eml")
    assert.strictEqual(report.subject, "Daily report of November 21, 2026: earnings -$20.00")
    assert.include(report.html as string, "Mend the &lt;roof&gt; ($30.00)")
    const payout = yield* read("payout.2026-11-21.olga.eml")
    assert.strictEqual(payout.subject, "Your payout for November 21, 2026: $20.00")
    const audit = yield* read("audit.2026-11-21.eml")
    const rows = parseCsv(audit.attachments[0]!.content.toString("utf8").slice(1)).slice(1)
    assert.deepStrictEqual(
      rows.map((cells) => cells.slice(0, -1)),
      [
        ["1", "2026-11-21", "fee", "olga", "Ольга", "roof", "Mend the <roof>", "-10.00", "USD", "", ""],
        ["2", "2026-11-21", "fee", "olga", "Ольга", "door", "'=Paint the door", "-10.00", "USD", "", ""],
        ["3", "2026-11-21", "award", "olga", "Ольга", "roof", "Mend the <roof>", "30.00", "USD", "", ""],
        ["4", "2026-11-21", "fee", "olga", "Ольга", "door", "'=Paint the door", "10.00", "USD", "2", "'-nobody did it"],
        ["5", "2026-11-21", "payout", "olga", "Ольга", "", "", "-20.00", "USD", "", ""]
      ]
    )
  })
)
