/**
 * Where the page is: the path below the place where the host has it, and its query. A link is a view: whoever opens it
 * sees the same, filters included.
 */
import { atom } from "nanostores"
import { arrive } from "../session/arrival.ts"

export interface Address {
  /** Begins with a slash: `/tasks`. */
  readonly path: string
  readonly query: URLSearchParams
}

/** The path of the document's `<base>`, without the slash at its end. */
const base = (): string => new URL(document.baseURI).pathname.replace(/\/$/u, "")

const read = (): Address => {
  const { pathname, search } = window.location
  const path = pathname.startsWith(base()) ? pathname.slice(base().length) : pathname
  return { path: path === "" ? "/" : path, query: new URLSearchParams(search) }
}

// What a provider has put into the address is gone before it is read.
arrive()
export const $address = atom(read())

/** A part of the path as it was before it was written there; undefined for what no link of the page has. */
export const partOf = (written: string | undefined): string | undefined => {
  try {
    return written === undefined || written === "" ? undefined : decodeURIComponent(written)
  } catch {
    return undefined
  }
}

/** The address as links have it. */
export const href = (path: string, query: Query = {}): string => {
  const text = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value]]))
  ).toString()
  return `${base()}${path}${text === "" ? "" : `?${text}`}`
}

export type Query = Readonly<Record<string, string | undefined>>

/** Goes to another view, as a link does. */
export const go = (path: string, query: Query = {}): void => {
  window.history.pushState(null, "", href(path, query))
  $address.set(read())
}

/** Goes to another view in place of this one: a step back leaves both. */
export const replace = (path: string, query: Query = {}): void => {
  window.history.replaceState(null, "", href(path, query))
  $address.set(read())
}

/** Changes the filters of a view: a step back leaves it, and does not undo letter by letter. */
export const filter = (change: Query): void => {
  const { path, query } = $address.get()
  window.history.replaceState(null, "", href(path, { ...Object.fromEntries(query), ...change }))
  $address.set(read())
}

/** Chooses what a view lists; an entry that was open over it may not be listed any more. */
export const narrow = (change: Query): void => filter({ ...change, entry: undefined })

/** Follows the browser's own steps back and forth. */
export const followHistory = (): void => window.addEventListener("popstate", () => $address.set(read()))
