/**
 * That the languages of the page say the same: what each text is filled in with, and the plurals that a language has.
 * That no text is missing is the compiler's to see.
 */
import { readdirSync } from "node:fs"
import { type CompiledMessage, compileMessage } from "@lingui/message-utils/compileMessage"
import type { Problem } from "@popug/http/promises"
import { describe, expect, it } from "vitest"
import { languages } from "../src/page/i18n/languages.ts"
import { saidOf } from "../src/page/i18n/refusals.ts"

const catalogues = new URL("../src/page/i18n/", import.meta.url)
const rooms = readdirSync(new URL("en/", catalogues)).map((file) => file.replace(".ts", ""))

const textsOf = async (language: string): Promise<ReadonlyArray<readonly [string, string]>> => {
  const all = rooms.map(async (room): Promise<ReadonlyArray<readonly [string, string]>> => {
    const { default: texts } = await import(new URL(`${language}/${room}.ts`, catalogues).href)
    return Object.entries(texts)
  })
  return (await Promise.all(all)).flat()
}

/** A choice can have an offset beside its texts, and mostly has none. */
type Choices = Readonly<Record<string, CompiledMessage | undefined>>
type Token = string | readonly [name: string, kind?: string, choices?: Choices]

/** What a text is filled in with, and its plurals. */
const partsOf = (message: CompiledMessage): ReadonlyArray<Exclude<Token, string>> =>
  typeof message === "string"
    ? []
    : (message as ReadonlyArray<Token>).flatMap((token) =>
        typeof token === "string"
          ? []
          : [
              token,
              ...Object.values(typeof token[2] === "object" ? token[2] : {}).flatMap((choice) =>
                choice === undefined ? [] : partsOf(choice)
              )
            ]
      )

const valuesOf = (text: string) =>
  [...new Set(partsOf(compileMessage(text)).map(([name]) => name))].filter((name) => name !== "#").toSorted()

describe.each(languages)("texts in %s", (language) => {
  it("belong to one room each", async () => {
    const ids = (await textsOf(language)).map(([id]) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it("are filled in with what the English ones are", async () => {
    const english = Object.fromEntries(await textsOf("en"))
    const own = Object.fromEntries((await textsOf(language)).map(([id, text]) => [id, valuesOf(text)]))
    expect(own).toEqual(Object.fromEntries(Object.entries(english).map(([id, text]) => [id, valuesOf(text)])))
  })

  // A number alone is written like any other.
  const hasWords = (choice: CompiledMessage | undefined) => /\p{L}/u.test(JSON.stringify(choice))

  it("have all plurals of the language", async () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const lacking = (await textsOf(language)).filter(([, text]) =>
      partsOf(compileMessage(text)).some(
        ([, kind, choices = {}]) =>
          kind === "plural" && hasWords(choices["other"]) && needed.some((category) => !(category in choices))
      )
    )
    expect(lacking).toEqual([])
  })

  it("have neither blanks at their ends, nor three dots for an ellipsis", async () => {
    expect((await textsOf(language)).filter(([, text]) => /^\s|\s$|\.\.\.|^$/u.test(text))).toEqual([])
  })
})

describe("a refusal", () => {
  const options = { dayOf: (period: string) => `<${period}>`, knows: (id: string) => id !== "problem.OfTomorrow" }
  const said = (problem: object) => saidOf(problem as Problem, options)

  it("is said with its members, days as the reader writes them", () => {
    expect(said({ _tag: "PeriodNotOver", period: "2026-11-26", endsAt: new Date() })).toEqual([
      { id: "problem.PeriodNotOver", values: { _tag: "PeriodNotOver", period: "<2026-11-26>" } }
    ])
  })

  it("of a newer server than the page is said by its code", () => {
    expect(said({ _tag: "OfTomorrow" })).toEqual([{ id: "problem.other", values: { code: "OfTomorrow" } }])
  })

  it("of what was typed names the rules, each once", () => {
    const errors = [
      { path: ["payload", "roles", 0], message: "" },
      { path: ["payload", "roles", 1], message: "" },
      { path: ["payload", "name"], message: "" }
    ]
    expect(said({ _tag: "InvalidInput", errors }).map(({ id }) => id)).toEqual(["field.roles", "field.name"])
  })

  it("of a list is that of its first bad row", () => {
    const errors = [
      { path: ["payload", 3, "title"], message: "" },
      { path: ["payload", 7, "jiraId"], message: "" }
    ]
    expect(said({ _tag: "InvalidInput", errors })).toEqual([
      { id: "field.ofMany", values: { number: 4 } },
      { id: "field.title", values: {} }
    ])
  })

  it("of anything else is one sentence", () => {
    const errors = [{ path: ["query", "cursor"], message: "" }]
    expect(said({ _tag: "InvalidInput", errors }).map(({ id }) => id)).toEqual(["problem.InvalidInput"])
    expect(said({ _tag: "InvalidInput" }).map(({ id }) => id)).toEqual(["problem.InvalidInput"])
  })
})
