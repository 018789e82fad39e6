/**
 * The places of the page, by role: who sees what. The server says what is allowed.
 */
import type { Room, TextId } from "../i18n/texts.ts"
import { hasRole, type Me, seesBooks, seesPeople } from "../session/me.ts"

/** In this order. */
export const groups = ["work", "books", "company"] as const

export interface Place {
  readonly path: string
  readonly title: TextId
  /** The key after `g` that leads there. */
  readonly key: string
  readonly icon: "tasks" | "account" | "accounts" | "periods" | "audit" | "analytics" | "operator" | "people"
  /** The room that shows it. */
  readonly room: Room
  /** Those that belong together stand together. */
  readonly group: (typeof groups)[number]
  readonly for: (me: Me) => boolean
}

const everybody = () => true
const admins = (me: Me) => hasRole(me, "admin")

export const places: ReadonlyArray<Place> = [
  { path: "/tasks", title: "nav.tasks", key: "t", icon: "tasks", room: "tracker", group: "work", for: everybody },
  {
    path: "/account",
    title: "nav.account",
    key: "m",
    icon: "account",
    room: "accounts",
    group: "work",
    for: everybody
  },
  {
    path: "/accounts",
    title: "nav.accounts",
    key: "a",
    icon: "accounts",
    room: "accounts",
    group: "books",
    for: seesBooks
  },
  {
    path: "/periods",
    title: "nav.periods",
    key: "p",
    icon: "periods",
    room: "accounts",
    group: "books",
    for: seesBooks
  },
  { path: "/audit", title: "nav.audit", key: "l", icon: "audit", room: "accounts", group: "books", for: seesBooks },
  {
    path: "/analytics",
    title: "nav.analytics",
    key: "y",
    icon: "analytics",
    room: "analytics",
    group: "company",
    for: admins
  },
  {
    path: "/operator",
    title: "nav.operator",
    key: "o",
    icon: "operator",
    room: "operator",
    group: "company",
    for: admins
  },
  {
    path: "/people",
    title: "nav.people",
    key: "u",
    icon: "people",
    room: "people",
    group: "company",
    for: seesPeople
  }
]
