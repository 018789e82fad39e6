/**
 * Text that people typed, made harmless for where it is put: a header, a line, HTML.
 */

/** Marks that change the direction of what follows them, so that a name can't rewrite what stands beside it. */
const direction = /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/gu

/** Text on one line: no control character, so nothing that ends a header; well-formed. */
export const line = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(direction, "")
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

/** Text as HTML shows it, in elements and in quoted attributes. */
export const html = (text: string): string => text.replaceAll(/[&<>"']/gu, (mark) => entities[mark]!)

/** At most so many characters, with a mark where something is left out. */
export const short = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`

/**
 * An id as a part of a `Message-ID` or a file's name; different ids stay different. A dot stays where it stands between
 * two other characters, which is where a `Message-ID` may have one.
 */
export const token = (id: string): string =>
  id.replaceAll(/[^A-Za-z0-9._-]|^\.|\.$|\.(?=\.)/gu, (mark) =>
    [...Buffer.from(mark, "utf8")].map((byte) => `=${byte.toString(16).padStart(2, "0")}`).join("")
  )

/** The same for a file's name, where many systems take upper and lower case for one. */
export const fileToken = (id: string): string =>
  token(id).replaceAll(/[A-Z]/gu, (mark) => `=${mark.charCodeAt(0).toString(16)}`)
