import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Notifier } from "@popug/core"
import { Mail } from "@popug/mail"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { AddressObject } from "mailparser"
import { certificate, key } from "./support/certificate.ts"
import { parseCsv } from "./support/csv.ts"
import { books, correction, fee, payout, payoutNotice, period, reportNotice, sealed } from "./support/notices.ts"
import { common, send } from "./support/send.ts"
import { type Arrived, server } from "./support/smtp.ts"

const to = ({ mail }: Arrived) =>
  ((mail.to as AddressObject | undefined)?.value ?? []).map(({ address, name }) => [name, address])
const header = ({ mail }: Arrived, name: string) => mail.headerLines.filter(({ key }) => key === name.toLowerCase())

describe("by SMTP", () => {
  it.effect("all three kinds arrive, with text and HTML", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2026-11-22T00:00:07Z"))
      const { arrived, port } = yield* server()
      const first = fee(1, "olga", '<script>"=1+1"</script>')
      const transfers = [
        first,
        fee(2, "will", "=cmd|' /C calc'!A0"),
        correction(3, first, "@wrong; =2"),
        payout(4, "olga", 5n)
      ]
      const ports = books(transfers, { olga: "Ольга", will: "+Will" })
      const notices = [reportNotice(), sealed(4), payoutNotice("olga", { name: "Ольга <Попугай>" })]
      assert.deepStrictEqual(yield* send({ port, concurrency: 1 }, notices, ports), [null, null, null])
      const [report, audit, paid] = arrived as [Arrived, Arrived, Arrived]

      for (const [index, notice] of notices.entries()) {
        const { mail } = arrived[index]!
        const rendered = Mail.render(notice, { company: "acme", locale: "en-US" })
        assert.strictEqual(mail.subject, rendered.subject)
        assert.strictEqual(mail.text?.trimEnd(), rendered.text.trimEnd())
        assert.strictEqual((mail.html as string).trimEnd(), rendered.html.trimEnd())
        assert.strictEqual(mail.messageId, Mail.messageId("acme", notice))
        assert.strictEqual(mail.date?.toISOString(), "2026-11-22T00:00:07.000Z")
        assert.strictEqual(mail.headers.get("auto-submitted"), "auto-generated")
        assert.strictEqual(mail.from?.text, '"popug" <popug@company.example>')
      }
      assert.deepStrictEqual(to(report), [
        ["", "boss@company.example"],
        ["Größe", "chief@company.example"]
      ])
      assert.deepStrictEqual(report.recipients, ["boss@company.example", "chief@company.example"])
      assert.deepStrictEqual(to(audit), [["", "books@company.example"]])
      assert.deepStrictEqual(to(paid), [["Ольга <Попугай>", "olga@company.example"]])
      assert.deepStrictEqual(report.mail.attachments, [])

      const [attached] = audit.mail.attachments
      assert.strictEqual(attached!.filename, `audit-${period}.csv`)
      assert.strictEqual(attached!.contentType, "text/csv")
      const text = attached!.content.toString("utf8")
      assert.strictEqual(text[0], "\uFEFF")
      const [columns, ...rows] = parseCsv(text.slice(1))
      assert.strictEqual(
        columns!.join(),
        "transfer,period,kind,owner,name,task,title,amount,currency,corrects,reason,recordedAt"
      )
      assert.deepStrictEqual(
        rows.map((cells) => cells.at(-1)),
        Array.from({ length: 4 }, () => "2026-11-21T10:00:00.123Z")
      )
      assert.deepStrictEqual(
        rows.map((cells) => cells.slice(0, -1)),
        [
          ["1", period, "fee", "olga", "Ольга", "t1", `<script>"=1+1"</script>`, "-10.00", "USD", "", ""],
          ["2", period, "fee", "will", "'+Will", "t2", "'=cmd|'' /C calc'!A0", "-10.00", "USD", "", ""],
          ["3", period, "fee", "olga", "Ольга", "t1", "Mend the roof", "10.00", "USD", "1", "'@wrong;' =2"],
          ["4", period, "payout", "olga", "Ольга", "", "", "-0.05", "USD", "", ""]
        ]
      )
    })
  )

  it.effect("a name can't add a header or a recipient", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server()
      const name = 'Eve\r\nBcc: eve@evil.example\r\n\r\n"><x@evil.example>, y@evil.example'
      assert.deepStrictEqual(yield* send({ port }, [payoutNotice("olga", { name })]), [null])
      const [mail] = arrived as [Arrived]
      assert.deepStrictEqual(mail.recipients, ["olga@company.example"])
      assert.deepStrictEqual(to(mail), [
        ['Eve Bcc: eve@evil.example "><x@evil.example>, y@evil.example', "olga@company.example"]
      ])
      assert.deepStrictEqual(header(mail, "Bcc"), [])
      assert.strictEqual(header(mail, "To").length, 1)
    })
  )

  it.effect("a refused recipient is an error at that place only", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server({ refused: new Set(["will@company.example"]) })
      const owners = ["olga", "will", "ann"]
      const errors = yield* send(
        { port },
        owners.map((owner) => payoutNotice(owner))
      )
      assert.deepStrictEqual(errors, [null, "will@company.example was refused: 550 no such mailbox", null])
      assert.deepStrictEqual(arrived.map(({ recipients }) => recipients[0]).sort(), [
        "ann@company.example",
        "olga@company.example"
      ])
    })
  )

  it.effect("one of several who was refused gets it at the next try, and nobody twice", () =>
    Effect.gen(function* () {
      const refused = new Set(["chief@company.example"])
      const { arrived, port } = yield* server({ refused })
      const layer = Mail.layerSmtp({ ...common, port }).pipe(Layer.provide(books()))
      yield* Effect.gen(function* () {
        const { send } = yield* Notifier
        const error = "chief@company.example was refused: 550 no such mailbox"
        assert.deepStrictEqual(yield* send([reportNotice()]), [error])
        assert.deepStrictEqual(yield* send([reportNotice()]), [error])
        refused.clear()
        assert.deepStrictEqual(yield* send([reportNotice()]), [null])
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(
        arrived.map(({ recipients }) => recipients),
        [["boss@company.example"], ["chief@company.example"]]
      )
      // Both mails name both.
      assert.deepStrictEqual(to(arrived[0]!), to(arrived[1]!))
    })
  )

  it.effect("the same notice again has the same Message-ID", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server()
      yield* send({ port }, [reportNotice()])
      yield* TestClock.adjust("1 hour")
      yield* send({ port }, [reportNotice()])
      assert.strictEqual(arrived.length, 2)
      assert.strictEqual(arrived[0]!.mail.messageId, arrived[1]!.mail.messageId)
      assert.notStrictEqual(arrived[0]!.mail.date?.getTime(), arrived[1]!.mail.date?.getTime())
    })
  )

  it.effect("who has no address is passed over", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server()
      const errors = yield* send({ port, management: [], popug: (id) => (id === "olga" ? null : "no address") }, [
        reportNotice(),
        payoutNotice("olga"),
        payoutNotice("will")
      ])
      assert.deepStrictEqual(errors, [null, null, "what is given as the address of will is none"])
      assert.deepStrictEqual(arrived, [])
    })
  )

  it.effect("many go together over a few connections", () =>
    Effect.gen(function* () {
      const { arrived, mostConnected, port } = yield* server()
      const owners = Array.from({ length: 100 }, (_, index) => `u${index}`)
      const errors = yield* send(
        { port, concurrency: 3 },
        owners.map((owner) => payoutNotice(owner))
      )
      assert.deepStrictEqual(new Set(errors), new Set([null]))
      assert.strictEqual(new Set(arrived.map(({ mail }) => mail.messageId)).size, 100)
      assert.strictEqual(mostConnected(), 3)
    })
  )
})

describe("a server in trouble", () => {
  it.effect("that is down is an error for each", () =>
    Effect.gen(function* () {
      const { port } = yield* Effect.scoped(server())
      const errors = yield* send({ port }, [reportNotice(), payoutNotice("olga")])
      for (const error of errors) assert.include(error, "ECONNREFUSED")
    })
  )

  it.live("that says nothing is given up in time", () =>
    Effect.gen(function* () {
      const silent = createServer()
      yield* Effect.acquireRelease(
        Effect.promise(() => new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve))),
        () => Effect.sync(() => silent.close())
      )
      const { port } = silent.address() as { readonly port: number }
      const owners = Array.from({ length: 20 }, (_, index) => `u${index}`)
      const [took, errors] = yield* Effect.timed(
        send(
          { port, concurrency: 2, timeLimit: "300 millis" },
          owners.map((owner) => payoutNotice(owner))
        )
      )
      assert.strictEqual(errors.length, 20)
      assert.notInclude(errors, null)
      assert.isBelow(Duration.toMillis(took), 2_000)
    })
  )

  it.effect("that takes nobody's mail says why, and never the password", () =>
    Effect.gen(function* () {
      const password = "se cret+1"
      const { port } = yield* server({
        disabledCommands: ["STARTTLS"],
        allowInsecureAuth: true,
        onAuth: (auth, _session, done) => done(new Error(`user ${auth.username} with ${auth.password} is unknown`))
      })
      const url = Redacted.make(`smtp://popug:${encodeURIComponent(password)}@127.0.0.1:${port}`)
      const errors = yield* send({ port, url, requireTls: false }, [reportNotice()])
      assert.include(errors[0], "user popug with *** is unknown")
    })
  )
})

describe("a server with TLS", () => {
  const auth = { user: "popug", password: Redacted.make("secret") }
  const secured = { key, cert: certificate, disabledCommands: [] }
  const onAuth: NonNullable<Parameters<typeof server>[0]>["onAuth"] = ({ password, username }, _session, done) =>
    password === "secret" ? done(null, { user: username }) : done(new Error("unknown"))

  it.effect("is spoken to in secret from the moment it offers it, with the password", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server({ ...secured, onAuth })
      assert.deepStrictEqual(yield* send({ port, certificate, ...auth }, [reportNotice()]), [null])
      assert.deepStrictEqual([arrived[0]!.secure, arrived[0]!.user], [true, "popug"])
    })
  )

  it.effect("is spoken to in secret from the start by smtps", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server({ ...secured, onAuth, secure: true })
      const url = Redacted.make(`smtps://popug:secret@127.0.0.1:${port}`)
      assert.deepStrictEqual(yield* send({ port, url, certificate }, [reportNotice()]), [null])
      assert.deepStrictEqual([arrived[0]!.secure, arrived[0]!.user], [true, "popug"])
    })
  )

  it.effect("that nobody vouches for is refused", () =>
    Effect.gen(function* () {
      const { arrived, port } = yield* server({ ...secured, onAuth })
      const [error] = yield* send({ port, ...auth }, [reportNotice()])
      assert.include(error, "self-signed certificate")
      assert.deepStrictEqual(arrived, [])
    })
  )

  it.effect("is asked for where there is a password: it never goes out in the clear", () =>
    Effect.gen(function* () {
      let asked = false
      const { port } = yield* server({
        disabledCommands: ["STARTTLS"],
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => {
          asked = true
          done(null, { user: "popug" })
        }
      })
      const [error] = yield* send({ port, ...auth }, [reportNotice()])
      assert.isNotNull(error)
      assert.isFalse(asked)
    })
  )
})
