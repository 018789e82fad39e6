/**
 * The texts of the page in the reader's language. Each room of the page has a catalogue, loaded with the room; English
 * is the model that other languages are checked against by the compiler.
 */
import { setupI18n } from "@lingui/core"
import { useStore } from "@nanostores/react"
import { atom } from "nanostores"
import { inBrowser } from "../browser/kept.ts"
import type accounts from "./en/accounts.ts"
import type analytics from "./en/analytics.ts"
import type common from "./en/common.ts"
import type events from "./en/events.ts"
import type guide from "./en/guide.ts"
import type operator from "./en/operator.ts"
import type people from "./en/people.ts"
import type problems from "./en/problems.ts"
import type session from "./en/session.ts"
import type tracker from "./en/tracker.ts"
import { isolated } from "./isolated.ts"
import { type Language, languages } from "./languages.ts"

export type { Language }

/** The catalogues: of what is said everywhere, and of each room. */
interface Catalogues {
  readonly common: typeof common
  readonly accounts: typeof accounts
  readonly analytics: typeof analytics
  readonly events: typeof events
  readonly guide: typeof guide
  readonly operator: typeof operator
  readonly people: typeof people
  readonly problems: typeof problems
  readonly session: typeof session
  readonly tracker: typeof tracker
}

export type Room = keyof Catalogues
export type TextId = { readonly [Name in Room]: keyof Catalogues[Name] }[Room]
/** What a text is filled in with. */
type Values = Readonly<Record<string, string | number>>
/** A text of the page by its id. */
export type Tell = (id: TextId, values?: Values) => string

type Catalogue = { readonly default: Readonly<Record<string, string>> }

const catalogues: Record<Language, Record<Room, () => Promise<Catalogue>>> = {
  en: {
    common: () => import("./en/common.ts"),
    accounts: () => import("./en/accounts.ts"),
    analytics: () => import("./en/analytics.ts"),
    events: () => import("./en/events.ts"),
    guide: () => import("./en/guide.ts"),
    operator: () => import("./en/operator.ts"),
    people: () => import("./en/people.ts"),
    problems: () => import("./en/problems.ts"),
    session: () => import("./en/session.ts"),
    tracker: () => import("./en/tracker.ts")
  },
  ru: {
    common: () => import("./ru/common.ts"),
    accounts: () => import("./ru/accounts.ts"),
    analytics: () => import("./ru/analytics.ts"),
    events: () => import("./ru/events.ts"),
    guide: () => import("./ru/guide.ts"),
    operator: () => import("./ru/operator.ts"),
    people: () => import("./ru/people.ts"),
    problems: () => import("./ru/problems.ts"),
    session: () => import("./ru/session.ts"),
    tracker: () => import("./ru/tracker.ts")
  }
}

const i18n = setupI18n()
const loaded = new Set<string>()
/** What goes wrong may do so anywhere. */
const rooms = new Set<Room>(["common", "problems"])
const kept = "popug.language"

/** What was chosen here before; otherwise the first of the browser's languages that the page speaks. */
const preferred = (): Language => {
  const wanted = [inBrowser.get(kept) ?? "", ...navigator.languages].map((tag) => tag.slice(0, 2))
  return wanted.find((tag): tag is Language => (languages as ReadonlyArray<string>).includes(tag)) ?? "en"
}

/** The language of the page, once its texts are there. */
export const $language = atom<Language>("en")

const load = async (tongue: Language, room: Room): Promise<void> => {
  if (loaded.has(`${tongue}/${room}`)) return
  i18n.load(tongue, (await catalogues[tongue][room]()).default)
  loaded.add(`${tongue}/${room}`)
}

/** Loads what a room says, in the language of now. */
export const loadTexts = (room: Room): Promise<void> => {
  rooms.add(room)
  return load($language.get(), room)
}

const apply = async (tongue: Language): Promise<void> => {
  await Promise.all([...rooms].map((room) => load(tongue, room)))
  i18n.activate(tongue)
  document.documentElement.lang = tongue
  $language.set(tongue)
}

/** Begins in the language that the reader wants. */
export const beginTexts = (): Promise<void> => apply(preferred())

/** Changes the language, and keeps the choice; without its texts it is as it was until the next load. */
export const speak = (tongue: Language): Promise<void> => {
  inBrowser.set(kept, tongue)
  return apply(tongue).catch(() => undefined)
}

const filledIn = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? isolated(value) : value])
  )

export const tell: Tell = (id, values) => i18n._(id, values === undefined ? undefined : filledIn(values))

/** Whether there is a text of an id that is put together. */
export const isKnown = (id: string): id is TextId => id in i18n.messages

const tellers = Object.fromEntries(
  languages.map((name): [Language, Tell] => [name, (id, values) => tell(id, values)])
) as Readonly<Record<Language, Tell>>

/** `tell` for a component, which is drawn again when the language changes: another function for each language. */
export const useTexts = (): Tell => tellers[useStore($language)]
