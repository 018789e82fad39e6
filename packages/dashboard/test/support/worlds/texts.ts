/**
 * The page's texts as they are written, to find by them what they stand on.
 */
import { globSync } from "node:fs"
import { join } from "node:path"
import { type Language, languages } from "../../../src/page/i18n/languages.ts"

/** What stands on something; of a text that is filled in, what is written. */
export type Say = (id: string) => string

const folder = join(import.meta.dirname, "../../../src/page/i18n")

const written = async (language: Language): Promise<Readonly<Record<string, string>>> => {
  const rooms = globSync(`${language}/*.ts`, { cwd: folder }).map(
    (file) => import(join(folder, file)) as Promise<{ readonly default: Readonly<Record<string, string>> }>
  )
  return Object.assign({}, ...(await Promise.all(rooms)).map((room) => room.default))
}

const all = Object.fromEntries(
  await Promise.all(languages.map(async (tongue) => [tongue, await written(tongue)]))
) as Record<Language, Readonly<Record<string, string>>>

export const sayIn =
  (language: Language): Say =>
  (id) => {
    const text = all[language][id]
    if (text === undefined) throw new Error(`the page has no text ${id}`)
    return text
  }
