/**
 * What of the page is asked for on the command line; all of it where nothing is said.
 */
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { type Language, languages } from "../../src/page/i18n/languages.ts"
import { scenes } from "../../test/support/worlds/scenes.ts"
import { type WorldName, worlds } from "../../test/support/worlds/worlds.ts"

export interface Options {
  readonly docs: boolean
  readonly folder: string
  readonly companies: ReadonlyArray<WorldName>
  readonly languages: ReadonlyArray<Language>
  readonly themes: ReadonlyArray<"light" | "dark">
  readonly widths: ReadonlyArray<number>
  readonly isAsked: (name: string) => boolean
}

const companies = Object.keys(worlds) as ReadonlyArray<WorldName>

const help = `Pictures of the page, to look through.

Usage: npm run screenshots -- [options]

  --page NAME       Scenes of that name, and those that begin with it: account, tasks-new, people, ...
  --width NUMBER    In pixels (default: 390, 1280 and 1920)
  --theme NAME      light, dark
  --language NAME   ${languages.join(", ")}
  --company NAME    ${companies.join(", ")}
  --folder PATH     Where to (default: popug-screenshots among the temporary files); what is there stays
  --docs            The few that the docs show, to docs/screenshots, instead
  --list            The names of the scenes

Options can be repeated. index.html in the folder shows all that is there.
`

/** Those that were asked for, or all. */
const chosen = <A extends string>(
  known: ReadonlyArray<A>,
  asked: ReadonlyArray<string> | undefined
): ReadonlyArray<A> => {
  const unknown = asked?.find((name) => !(known as ReadonlyArray<string>).includes(name))
  if (unknown !== undefined) throw new Error(`unknown: ${unknown}; there are ${known.join(", ")}`)
  return known.filter((name) => asked === undefined || asked.includes(name))
}

const many = { type: "string", multiple: true } as const
const flag = { type: "boolean", default: false } as const

/** Null when only something is told. */
export const optionsOf = (args: ReadonlyArray<string>, tell: (words: string) => void): Options | null => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      page: many,
      width: many,
      theme: many,
      language: many,
      company: many,
      folder: { type: "string", default: join(tmpdir(), "popug-screenshots") },
      docs: flag,
      list: flag,
      help: flag
    }
  })
  if (values.help || values.list) {
    tell(values.help ? help : `${scenes.map(({ name }) => name).join("\n")}\n`)
    return null
  }
  const isAsked = (name: string) => values.page?.some((page) => name === page || name.startsWith(`${page}-`)) ?? true
  if (!scenes.some(({ name }) => isAsked(name))) throw new Error("no scene of that name; --list tells them")
  return {
    docs: values.docs,
    folder: values.folder,
    companies: chosen(companies, values.company),
    languages: chosen(languages, values.language),
    themes: chosen(["light", "dark"], values.theme),
    widths: values.width?.map(Number) ?? [390, 1280, 1920],
    isAsked
  }
}
