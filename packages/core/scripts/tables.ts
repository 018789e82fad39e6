/**
 * `npm run tables`: writes packages/core/src/values/tables/, from the standards as pinned packages carry them: the
 * currencies of ISO 4217 and the time zones of IANA. What amounts and days mean must not depend on the runtime's locale
 * data. A test fails when they drift.
 */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

const { resolve } = createRequire(import.meta.url)

/**
 * What ISO 4217 changed after the list that `currency-codes` carries. A code that was withdrawn stays: a company that
 * keeps its books in it must still open.
 */
const amendments: Readonly<Record<string, number>> = {
  // Amendment 176: the Caribbean guilder, from March 31, 2025.
  XCG: 2,
  // Amendment 179: the Arab accounting dinar, from May 12, 2025.
  XAD: 2
}

/**
 * The digits of the minor unit by code, of ISO's own list; a code without a minor unit (gold, tests) is no currency.
 */
export const currencies = (): ReadonlyMap<string, number> => {
  const list = readFileSync(resolve("currency-codes/iso-4217-list-one.xml"), "utf8")
  const found = new Map<string, number>()
  for (const [, code, digits] of list.matchAll(/<Ccy>([A-Z]{3})<\/Ccy>\s*<CcyNbr>\d+<\/CcyNbr>\s*<CcyMnrUnts>(\d)</g)) {
    found.set(code!, Number(digits))
  }
  for (const [code, digits] of Object.entries(amendments)) found.set(code, digits)
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

interface Zone {
  readonly _alias?: string
  readonly _iana?: string
}

/**
 * The names of each time zone, the one that IANA prefers first. Unicode's list tells one zone under two names from two
 * zones whose clocks happen to agree, which IANA's own links do not: Stockholm may leave Berlin's time one day.
 */
export const zones = (): ReadonlyMap<string, ReadonlyArray<string>> => {
  const file = readFileSync(resolve("cldr-bcp47/bcp47/timezone.json"), "utf8")
  const { unk: _, gmt, utc, ...places } = JSON.parse(file).keyword.u.tz as Record<string, Zone>
  const found = new Map<string, ReadonlyArray<string>>()
  for (const { _alias: names, _iana } of Object.values(places)) {
    if (names === undefined) continue
    const [first, ...others] = names.split(" ")
    const preferred = _iana ?? first!
    found.set(preferred, [preferred, ...[first!, ...others].filter((name) => name !== preferred).sort()])
  }
  const universal = [...utc!._alias!.split(" "), ...gmt!._alias!.split(" ")].filter((name) => name !== "UTC").sort()
  found.set("UTC", ["UTC", ...universal])
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Words in lines of up to 116 characters. */
const lines = (words: ReadonlyArray<string>, separator: string): string => {
  const filled: Array<string> = []
  for (const word of words) {
    const last = filled.at(-1)
    if (last === undefined || last.length + separator.length + word.length > 116) filled.push(word)
    else filled[filled.length - 1] = `${last}${separator}${word}`
  }
  return filled.join("\n")
}

const write = (name: string, about: string, constant: string, text: string) => {
  const file = fileURLToPath(new URL(`../src/values/tables/${name}.ts`, import.meta.url))
  writeFileSync(
    file,
    `/**\n * ${about} Written by \`npm run tables\`.\n */\nexport const ${constant} = \`\n${text}\n\`\n`
  )
  execFileSync("oxfmt", [file])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  write(
    "currencies",
    "The currencies of ISO 4217, and how many digits the minor unit of each has.",
    "currencies",
    lines(
      [...currencies()].map(([code, digits]) => `${code}${digits}`),
      " "
    )
  )
  write(
    "zones",
    "The names of each time zone of IANA, the preferred one first.",
    "zones",
    lines(
      [...zones().values()].map((names) => names.join(" ")),
      ", "
    )
  )
}
