import { Mail } from "@popug/mail"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { auditNotice, payoutNotice, period, reportNotice, seal } from "./support/notices.ts"

const style = { company: "acme", locale: "en-US" }

/** The table of a page as it is seen: label and value. */
const table = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<th [^>]*>(.*?)<\/th><td [^>]*>(.*?)<\/td>/gu)].map(([, label, value]) => [label, value])
  )

describe("a report", () => {
  const { html, subject, text } = Mail.render(reportNotice(), style)

  it("has management's figures", () => {
    expect(subject).toBe("Daily report of November 21, 2026: earnings $4,500.10")
    expect(table(html)).toEqual({
      Earnings: "$4,500.10",
      Fees: "$19,500.10",
      Awards: "$15,000.00",
      Payouts: "$9,000.00",
      "Tasks created": "1,234",
      "Tasks assigned": "1,300",
      "Tasks done": "987",
      "Popugs in the red": "7",
      "Top task": "Mend the roof ($39.00)",
      Transfers: "0",
      Seal: seal
    })
  })

  it("says the same as text", () => {
    const beside = text.replaceAll(/\n {2}/gu, "  ")
    const lines = beside.split("\n").map((line) => line.split(/ {2,}/u))
    for (const figure of Object.entries(table(html))) expect(lines).toContainEqual(figure)
  })

  it("of a day without tasks names no top task", () => {
    expect(table(Mail.render(reportNotice({ topTask: null }), style).html)["Top task"]).toBe("none")
  })

  it("is written for its locale and currency", () => {
    const german = Mail.render(reportNotice({ currency: "EUR" as never }), { ...style, locale: "de-DE" })
    expect(german.subject).toBe("Daily report of 21. November 2026: earnings 4.500,10\u00a0€")
    expect(table(german.html)["Tasks created"]).toBe("1.234")
    const japanese = Mail.render(reportNotice({ currency: "JPY" as never }), { ...style, locale: "ja-JP" })
    expect(japanese.subject).toBe("Daily report of 2026年11月21日: earnings ￥450,010")
  })
})

describe("an audit notice", () => {
  it("has the same totals and the seal", () => {
    const { html, subject } = Mail.render(auditNotice(), style)
    expect(subject).toBe("Audit log of November 21, 2026: sealed")
    expect(table(html)).toEqual(table(Mail.render(reportNotice(), style).html))
  })
})

describe("a payout", () => {
  it("shows how it came about", () => {
    const { html, subject, text } = Mail.render(payoutNotice("olga", { name: "Ольга Попугай" }), style)
    expect(subject).toBe("Your payout for November 21, 2026: $30.05")
    expect(table(html)).toEqual({
      "Opening balance": "-$10.00",
      Fees: "-$20.00",
      Awards: "$60.05",
      Payout: "$30.05"
    })
    expect(text).toContain("Hello Ольга Попугай,")
  })

  it("greets one whose name is not known by id", () => {
    expect(Mail.render(payoutNotice("olga", { name: null }), style).text).toContain("Hello olga,")
  })

  it("says what was corrected, so that the figures add up", () => {
    const { html } = Mail.render(payoutNotice("olga", { payout: 5_005n }), style)
    expect(table(html)["Corrected payouts"]).toBe("$20.00")
  })
})

describe("what people typed", () => {
  const nasty = `<script>alert("1")</script>\r\nBcc: eve@evil.example\u202E & 'more'`

  it("is text in HTML", () => {
    const { html } = Mail.render(reportNotice({ topTask: { id: "t" as never, title: nasty, total: 1n } }), style)
    expect(html).not.toContain("<script>alert")
    expect(table(html)["Top task"]).toBe(
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; Bcc: eve@evil.example &amp; &#39;more&#39; ($0.01)"
    )
  })

  it("never adds an element, a line of text or a line to the subject", () => {
    const tags = (html: string) => html.match(/<[^>]*>/gu)
    const lines = (text: string) => text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/u).length
    const plain = Mail.render(payoutNotice("olga", { name: "Olga" }), style)
    const unit = fc.oneof(fc.constantFrom("<", ">", "&", '"', "\r", "\n", "\u2028", ":"), fc.string({ unit: "binary" }))
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (name) => {
        const { html, subject, text } = Mail.render(payoutNotice("olga", { name }), style)
        expect(tags(html)).toEqual(tags(plain.html))
        expect(lines(text)).toBe(lines(plain.text))
        expect(subject).toBe(plain.subject)
      })
    )
  })
})

describe("the text", () => {
  it("has lines that the encodings of mail leave whole, with amounts and seals in one piece", () => {
    const title = "Mend the roof of the old house ".repeat(10).trim()
    const notice = auditNotice({ topTask: { id: "t" as never, title, total: 123_456_789n } })
    const { text } = Mail.render(notice, style)
    for (const line of text.split("\n")) expect([...line].length).toBeLessThanOrEqual(76)
    for (const whole of ["$4,500.10", "($1,234,567.89)", seal]) expect(text).toContain(whole)
  })
})

describe("a Message-ID", () => {
  it("is the notice's id at the company", () => {
    expect(Mail.messageId("acme", reportNotice())).toBe(`<report.${period}@acme.popug>`)
    expect(Mail.messageId("acme", payoutNotice("olga"))).toBe(`<payout.${period}.olga@acme.popug>`)
  })

  it("is valid for any id", () => {
    const notice = { ...payoutNotice("olga"), id: "payout..x>\r\nBcc: eve@evil.example" }
    expect(Mail.messageId("acme", notice)).toBe("<payout=2e.x=3e=0d=0aBcc=3a=20eve=40evil.example@acme.popug>")
  })
})
