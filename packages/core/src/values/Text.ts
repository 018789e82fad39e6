/**
 * The rules for text that people type: normalised to NFC, well-formed, without control characters.
 *
 * Two spellings of the same characters are one text. Names, titles and reasons are never blank, and none of them can
 * end a line of a log, a file or a header.
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const normalised = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({ decode: (text: string) => text.normalize("NFC"), encode: (text: string) => text })
  )
)

const wellFormed = Schema.makeFilter<string>((text) => text.isWellFormed() || "text must not contain lone surrogates")
/**
 * Something to see. Fillers and variation selectors (`DI`), marks without a letter under them, the empty braille cell
 * and the empty notehead show nothing, though Unicode calls some of them letters and symbols.
 */
const notBlank = Schema.isPattern(/[^\s\p{Cf}\p{Z}\p{DI}\p{M}\u2800\u{1D159}]/u, { expected: "text that is not blank" })
const noControls = Schema.isPattern(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { expected: "text without control characters" })
const noControlsButBreaks = Schema.isPattern(/^[\P{Cc}\n\r\t]*$/u, {
  expected: "text without control characters other than line breaks and tabs"
})

/** A key in brackets at the start of a title, as version 1 of `task.updated` carried it. */
export const bracketedKey = /^\s*\[([A-Za-z][A-Za-z0-9_]*-[0-9]+)\]\s*/u
const noBracketedKey = Schema.makeFilter<string>(
  (text) => !bracketedKey.test(text) || "a title must not begin with a bracketed key: that is what jiraId is for"
)

/**
 * Text of others, an error's or a mail server's, as every store can keep it: without the character 0 and halves of
 * pairs, which Postgres refuses. What was refused would be tried again for ever, with all that was written with it.
 */
export const keepable = (text: string): string => text.toWellFormed().replaceAll("\0", "\u2400")

/** What was thrown or failed, as text that can be kept; whatever it is, this does not throw. */
export const ofDefect = (defect: unknown): string => {
  try {
    return keepable(String(defect))
  } catch {
    return "something that can't be written out"
  }
}

const line = (maximum: number) =>
  normalised.check(wellFormed, notBlank, noControls, Schema.isBetweenCodePoints(1, maximum))

/** What a person is called: 1-200 characters on one line. */
export const Name = line(200)

/** A task's title: 1-500 characters on one line, without a leading `[KEY-1]`. */
export const Title = line(500).check(noBracketedKey)

/**
 * Text of common letters, without a bracket and not beginning with a blank. These characters are in normal form
 * wherever they stand, each is a code point and seen, but for blanks.
 */
const plainTitle = /^[!-Z\\\]-~\u00c0-\u024f\u0400-\u045f][ -Z\\\]-~\u00c0-\u024f\u0400-\u045f]{0,499}$/

/** Whether something is what `Title` accepts as it stands, told at once. It says no to much that the schema accepts. */
export const isPlainTitle = (value: unknown): value is string => typeof value === "string" && plainTitle.test(value)

/** A task's description: up to 20,000 characters; line breaks and tabs are allowed. */
export const Description = normalised.check(wellFormed, noControlsButBreaks, Schema.isBetweenCodePoints(0, 20_000))

/** The key of an issue in another tracker, e.g. `POPUG-17`. */
export const JiraId = Schema.String.check(
  Schema.isPattern(/^[A-Za-z][A-Za-z0-9_]{0,50}-[0-9]{1,20}$/u, { expected: "a key such as POPUG-17" })
)

/** What may end a cell: the separators that spreadsheets offer besides the comma, and line breaks. */
const cellEnds = /([;|\t\r\n])/u
/** What begins a formula, behind blanks and quotes that a reader may take away. */
const formula = /^[\s"]*['=+\-@＝＋－＠]/u

/**
 * Text as it stands in a spreadsheet's cell, which takes it for a formula by how it begins: an apostrophe comes before
 * that. It also comes after each semicolon, bar and tab, since a file with commas may be read with one of them as the
 * separator, and before quotes, since such a reader takes quotes inside a text for those around a cell. The file has to
 * put texts with commas or quotes into quotes (RFC 4180). Different texts stay different.
 */
export const inCell = (text: string): string =>
  text
    .toWellFormed()
    .split(cellEnds)
    .map((piece) => (formula.test(piece) ? `'${piece}` : piece))
    .join("")

/** Why an accountant or operator did something: 1-500 characters on one line. */
export const Reason = line(500)
