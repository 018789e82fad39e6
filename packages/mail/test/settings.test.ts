import { assert, describe, it } from "@effect/vitest"
import type { UserId } from "@popug/core"
import { Mail } from "@popug/mail"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import fc from "fast-check"
import { books } from "./support/notices.ts"

const olga = "olga" as UserId

describe("settings", () => {
  it.effect("are read from plain strings", () =>
    Effect.gen(function* () {
      const settings = yield* Mail.parse({
        from: "popug <popug@company.example>",
        management: "boss@company.example, Ann <ann@company.example>",
        accountants: "",
        domain: "company.example",
        locale: "de-DE",
        concurrency: "3",
        url: "smtps://popug:secret@mail.example",
        requireTls: "true",
        folder: undefined
      })
      const { popug, url, ...rest } = settings
      assert.deepStrictEqual(rest, {
        from: "popug <popug@company.example>",
        management: ["boss@company.example", "Ann <ann@company.example>"],
        accountants: [],
        locale: "de-DE",
        concurrency: 3,
        requireTls: true
      })
      assert.strictEqual(Redacted.value(url!), "smtps://popug:secret@mail.example")
      assert.strictEqual(popug(olga), "olga@company.example")
      assert.notInclude(JSON.stringify(settings), "secret")
    })
  )

  it.effect("say everything that is wrong with them, and no secret", () =>
    Effect.gen(function* () {
      const wrong = yield* Effect.flip(
        Mail.parse({ from: "nobody", management: "a@b, @", locale: "x", concurrency: "many", password: "s3cret" })
      )
      assert.strictEqual(wrong._tag, "InvalidInput")
      for (const place of ["from", "management", "locale", "concurrency"]) assert.include(wrong.message, place)
      assert.include(wrong.message, "an address such as olga@company.example")
      assert.notInclude(wrong.message, "s3cret")
    })
  )

  it.effect.each([
    [{ url: "http://user:s3cret@host" }, "must be smtp://"],
    [{ url: "smtp://user:s3cret@host/inbox" }, "must be smtp://"],
    [{ url: "s3cret" }, "must be smtp://"],
    [{ url: "smtp://host", folder: "mail" }, "not both"],
    [{ host: "host", user: "popug" }, "user and password"],
    [{ host: "host", port: "0" }, "port"],
    [{ host: "host", secure: "yes" }, "secure"],
    [{ domain: "not a domain" }, "a domain such as"],
    [{ passwrd: "s3cret" } as never, "there is no setting passwrd"]
  ] as const)("%o is refused", ([settings, message]) =>
    Effect.gen(function* () {
      const wrong = yield* Effect.flip(Mail.parse({ from: "popug@company.example", ...(settings as object) }))
      assert.include(wrong.message, message)
      assert.notInclude(wrong.message, "s3cret")
    })
  )

  it.effect("take lists as mail programs write them", () =>
    Effect.gen(function* () {
      const { accountants, management } = yield* Mail.parse({
        from: '"Popug, Inc." <popug@company.example>',
        management: '"Nowak, Olga" <olga@company.example>; boss@company.example,',
        accountants: "Größe <chief@company.example>"
      })
      assert.deepStrictEqual(management, ['"Nowak, Olga" <olga@company.example>', "boss@company.example"])
      assert.deepStrictEqual(accountants, ["Größe <chief@company.example>"])
    })
  )

  it("have no list with an address that would be passed over or is none", () => {
    for (const list of [
      "a@x.example b@x.example",
      "staff: a@x.example;",
      "a@x.example, nobody",
      "a@x.example\nb@x.example"
    ])
      assert.isNull(Mail.addresses(list), list)
  })

  it("write each address of a list so that it is read as the same again", () => {
    const name = fc.string({ unit: fc.constantFrom(..."aЖ ,;\"\\<>@()'.") })
    fc.assert(
      fc.property(fc.array(name, { maxLength: 3 }), (names) => {
        const list = names
          .map((text, index) => `"${text.replaceAll(/["\\]/gu, "\\$&")}" <a${index}@x.example>`)
          .join(", ")
        const once = Mail.addresses(list)
        fc.pre(once !== null)
        assert.strictEqual(once.length, names.length)
        assert.deepStrictEqual(Mail.addresses(once.join("; ")), once)
      })
    )
  })

  it("without a domain, popugs have no address", () =>
    Effect.gen(function* () {
      const { popug } = yield* Mail.parse({ from: "popug@company.example" })
      assert.isNull(popug(olga))
    }).pipe(Effect.runPromise))
})

describe("options", () => {
  const options = { from: "popug@company.example", management: [], accountants: [], popug: () => null }
  const build = (layer: ReturnType<typeof Mail.layer>) =>
    Layer.build(layer.pipe(Layer.provide(books()))).pipe(Effect.scoped, Effect.flip, Effect.map(String))

  it.effect("are checked before anything is sent", () =>
    Effect.gen(function* () {
      assert.include(yield* build(Mail.layerLog({ ...options, from: "a@b\r\nBcc: c@d" })), "from")
      assert.include(yield* build(Mail.layerLog({ ...options, accountants: ["x"] })), "accountants")
      assert.include(yield* build(Mail.layerLog({ ...options, locale: "not a tag" })), "locale")
      assert.include(yield* build(Mail.layerLog({ ...options, timeLimit: 0 })), "timeLimit")
      assert.include(yield* build(Mail.layerSmtp(options)), "host is missing")
      assert.include(yield* build(Mail.layerFiles({ ...options, folder: "/dev/null/mail" })), "can't be used")
      // Where the system makes no folders.
      if (process.platform === "linux") {
        assert.include(yield* build(Mail.layerFiles({ ...options, folder: "/proc/popug/mail" })), "can't be used")
      }
    })
  )
})

describe("addresses at a domain", () => {
  it("are those of ids that an address can have", () => {
    const at = Mail.atDomain("company.example")
    assert.strictEqual(at(olga), "olga@company.example")
    assert.isNull(at("olga..x" as UserId))
    assert.isNull(at("olga." as UserId))
  })

  it("are never the same for two ids, though mail servers take capital letters for small ones", () => {
    const at = Mail.atDomain("company.example")
    assert.strictEqual(at("kim" as UserId), "kim@company.example")
    assert.isNull(at("Kim" as UserId))
    assert.isNull(at("kiM" as UserId))
  })
})
