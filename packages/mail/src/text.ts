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

/** At most so many characters (code points), with a mark where something is left out. */
export const short = (text: string, longest: number): string => {
  const characters = [...text]
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join("")}…`
}

/**
 * A name as a header carries it: at most as long as the core lets names be. Readers decode what looks like an encoded
 * word even in quotes, so an invisible word joiner keeps a name that looks like one as it was typed.
 */
export const displayName = (name: string): string => short(line(name), 200).replaceAll("=?", "=\u2060?")

/**
 * Text in lines of up to so many characters, broken at plain spaces alone: an amount or a seal stays in one piece, and
 * so does a word that is longer than a line.
 */
export const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let current = ""
  for (const word of text.split(" ")) {
    const longer = current === "" ? word : `${current} ${word}`
    if (current !== "" && [...longer].length > width) {
      lines.push(current)
      current = word
    } else current = longer
  }
  return [...lines, current]
}

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
