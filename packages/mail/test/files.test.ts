import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Notifier, type Report } from "@popug/core"
import { Mail } from "@popug/mail"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { type AddressObject, simpleParser } from "mailparser"
import { auditNotice, books, payoutNotice, period, reportNotice } from "./support/notices.ts"

const options = {
  from: "popug@company.example",
  management: ["boss@company.example"],
  accountants: ["books@company.example"],
  popug: Mail.atDomain("company.example")
}

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "popug-mail-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const send = (layer: ReturnType<typeof Mail.layer>, notices: ReadonlyArray<Report.Notice>) =>
  Effect.flatMap(Notifier, (notifier) => notifier.send(notices)).pipe(
    Effect.provide(layer.pipe(Layer.provide(books())))
  )

describe("into files", () => {
  it.effect("each notice is a mail under its id", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2026-11-22T00:00:07Z"))
      const path = join(yield* folder, "made", "by itself")
      const notices = [reportNotice(), auditNotice(), payoutNotice("olga", { name: "Ольга" }), payoutNotice("Olga")]
      const popug = (owner: string) => `${owner}@company.example`
      const layer = Mail.layerFiles({ ...options, popug, folder: path })
      assert.deepStrictEqual(yield* send(layer, notices), [null, null, null, null])
      assert.deepStrictEqual(readdirSync(path).sort(), [
        `audit.${period}.eml`,
        `payout.${period}.=4flga.eml`,
        `payout.${period}.olga.eml`,
        `report.${period}.eml`
      ])
      for (const notice of notices) {
        const file = join(path, Mail.fileName(notice.id))
        const bytes = readFileSync(file)
        assert.notMatch(bytes.toString("latin1"), /[^\r]\n/u)
        assert.isBelow(
          Math.max(
            ...bytes
              .toString("latin1")
              .split("\r\n")
              .map((line) => line.length)
          ),
          999
        )
        assert.strictEqual(statSync(file).mode & 0o077, 0)
        const mail = yield* Effect.promise(() => simpleParser(bytes))
        assert.strictEqual(mail.messageId, Mail.messageId("acme", notice))
        assert.strictEqual(
          mail.text?.trimEnd(),
          Mail.render(notice, { company: "acme", locale: "en-US" }).text.trimEnd()
        )
        assert.strictEqual(mail.date?.toISOString(), "2026-11-22T00:00:07.000Z")
        assert.strictEqual(mail.attachments.length, notice._tag === "Audit" ? 1 : 0)
      }
    })
  )

  it.effect("who reads a file without a mail reader reads its text, in any language", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const layer = Mail.layerFiles({ ...options, folder: path, locale: "ru-RU" })
      const notice = auditNotice({ topTask: { id: "t" as never, title: "Починить крышу", total: 3_900n } })
      assert.deepStrictEqual(yield* send(layer, [notice]), [null])
      const file = readFileSync(join(path, `audit.${period}.eml`), "utf8")
      const { text } = Mail.render(notice, { company: "acme", locale: "ru-RU" })
      assert.include(file, text.replaceAll("\n", "\r\n"))
      assert.include(file, "Починить крышу (39,00\u00a0$)")
    })
  )

  it.effect("a line that is too long for a mail is encoded", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const notice = reportNotice({ topTask: { id: "t" as never, title: "ж".repeat(500), total: 3_900n } })
      assert.deepStrictEqual(yield* send(Mail.layerFiles({ ...options, folder: path }), [notice]), [null])
      const bytes = readFileSync(join(path, `report.${period}.eml`))
      assert.isBelow(
        Math.max(
          ...bytes
            .toString("latin1")
            .split("\r\n")
            .map((line) => line.length)
        ),
        999
      )
      const mail = yield* Effect.promise(() => simpleParser(bytes))
      assert.include(mail.text, "ж".repeat(500))
    })
  )

  it.effect("a name is shown as it was typed, however it looks and however long it is", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const layer = Mail.layerFiles({ ...options, folder: path })
      const shown = (owner: string, name: string) =>
        Effect.gen(function* () {
          yield* send(layer, [payoutNotice(owner, { name })])
          const file = readFileSync(join(path, `payout.${period}.${owner}.eml`))
          const { to } = yield* Effect.promise(() => simpleParser(file))
          assert.isFalse(Array.isArray(to))
          return (to as AddressObject).value[0]!.name.replaceAll("\u2060", "")
        })
      const long = "👩‍🚀".repeat(46) + "ё"
      for (const name of [
        "=?utf-8?Q?x?=",
        "=?utf-8?B?eA==?= =?utf-8?Q?y?=",
        long,
        'Olga "the roof" Nowak',
        "Nowak, Olga"
      ])
        assert.strictEqual(yield* shown("olga", name), name)
    })
  )

  it.effect("a folder that is made is its owner's alone, whatever the process's mask", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "mail")
      const before = process.umask(0)
      yield* send(Mail.layerFiles({ ...options, folder: path }), [payoutNotice("olga")])
      process.umask(before)
      assert.strictEqual(statSync(path).mode & 0o077, 0)
    })
  )

  it.effect("a mail is never written through a link to elsewhere", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const elsewhere = join(yield* folder, "elsewhere")
      writeFileSync(elsewhere, "dear")
      const [name, layer] = [`payout.${period}.olga.eml`, Mail.layerFiles({ ...options, folder: path })]
      symlinkSync(elsewhere, join(path, name))
      symlinkSync(elsewhere, join(path, `.${name}.${process.pid}.1.tmp`))
      assert.deepStrictEqual(yield* send(layer, [payoutNotice("olga")]), [null])
      assert.strictEqual(readFileSync(elsewhere, "utf8"), "dear")
      assert.isTrue(lstatSync(join(path, name)).isFile())
    })
  )

  it.effect("the same notice again replaces its file, and is the same bytes at the same time", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const layer = Mail.layerFiles({ ...options, folder: path })
      const file = join(path, `audit.${period}.eml`)
      yield* send(layer, [auditNotice()])
      const first = readFileSync(file)
      yield* send(layer, [auditNotice()])
      assert.deepStrictEqual(readFileSync(file), first)
      yield* TestClock.adjust("1 hour")
      yield* send(layer, [auditNotice(), auditNotice(), auditNotice()])
      assert.notDeepEqual(readFileSync(file), first)
      assert.deepStrictEqual(readdirSync(path), [`audit.${period}.eml`])
    })
  )

  it.effect("whoever reads a file while it is replaced reads a whole one", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const layer = Mail.layerFiles({ ...options, folder: path })
      yield* send(layer, [auditNotice()])
      const whole = readFileSync(join(path, `audit.${period}.eml`)).length
      const lengths = new Set<number>()
      let reads = 0
      const reader = Effect.promise(async () => {
        lengths.add((await readFile(join(path, `audit.${period}.eml`))).length)
        reads += 1
      })
      const writers = send(
        layer,
        Array.from({ length: 50 }, () => auditNotice())
      )
      yield* Effect.raceFirst(writers, Effect.forever(reader))
      assert.isAbove(reads, 5)
      assert.deepStrictEqual([...lengths], [whole])
    })
  )

  it.effect("a file that can't be written is an error at its place", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const layer = Mail.layerFiles({ ...options, folder: path })
      const send = Effect.flatMap(Notifier, ({ send }) => {
        rmSync(path, { recursive: true })
        return send([reportNotice()])
      })
      const [error] = yield* send.pipe(Effect.provide(layer.pipe(Layer.provide(books()))))
      assert.include(error, "the mail could not be written: ENOENT")
    })
  )
})

describe("into the log", () => {
  const logged = (layer: ReturnType<typeof Mail.layer>, notices: ReadonlyArray<Report.Notice>) =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel} ${String(message)}`))
      const errors = yield* send(layer, notices).pipe(Effect.provide(Logger.layer([logger])))
      return { errors, lines }
    })

  it.effect("it is said what would go to whom", () =>
    Effect.gen(function* () {
      const settings = yield* Mail.parse({ from: options.from, management: "boss@company.example" })
      const { errors, lines } = yield* logged(Mail.layer(settings), [reportNotice(), payoutNotice("olga")])
      assert.deepStrictEqual(errors, [null, null])
      assert.deepStrictEqual(lines, [
        `Info mail <report.${period}@acme.popug> to boss@company.example: ` +
          "Daily report of November 21, 2026: earnings $4,500.10",
        `Info notice payout.${period}.olga goes to nobody: no address is configured`
      ])
    })
  )

  it.effect("a notice that breaks something is an error, and the others are sent", () =>
    Effect.gen(function* () {
      const broken = {
        ...options,
        popug: () => {
          throw new Error("a bug")
        }
      }
      const { errors, lines } = yield* logged(Mail.layerLog(broken), [payoutNotice("olga"), reportNotice()])
      assert.deepStrictEqual(errors, ["could not be made a mail", null])
      assert.match(lines[0]!, /^Error notice payout.* could not be made a mail/u)
    })
  )
})
