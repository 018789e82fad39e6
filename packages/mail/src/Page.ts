/**
 * What a mail says, and how it looks: the same page as plain text and as HTML that every mail reader shows.
 *
 * No colour but grey is set, so a reader's light and dark mode both suit it.
 */
import { html, line, wrapped } from "./text.ts"

/** A line of the table; `code` for what is compared character by character. */
export interface Figure {
  readonly label: string
  readonly value: string
  readonly style?: "strong" | "code"
}

/** Text of any origin: it is made harmless here. */
export interface Page {
  readonly title: string
  readonly lead: ReadonlyArray<string>
  readonly figures: ReadonlyArray<Figure>
  readonly notes: ReadonlyArray<string>
  readonly footer: string
}

/** Lines as short as the encodings of mail leave them whole (76 characters), so that a file shows them as they are. */
const width = 72

const paragraphText = (text: string): string => `${wrapped(line(text), width).join("\n")}\n`

/** A label with its value beside it, or below it where both don't fit on a line. */
const figureText = ({ label, value }: Figure, indent: number): string => {
  const beside = `${label.padEnd(indent)}  ${line(value)}`
  if ([...beside].length <= width) return beside
  return [label, ...wrapped(line(value), width - 2).map((text) => `  ${text}`)].join("\n")
}

export const toText = (page: Page): string => {
  const indent = Math.max(...page.figures.map(({ label }) => label.length))
  return [
    ...page.lead.map(paragraphText),
    `${page.figures.map((figure) => figureText(figure, indent)).join("\n")}\n`,
    ...page.notes.map(paragraphText),
    paragraphText(page.footer)
  ].join("\n")
}

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const rule = "border-bottom:1px solid #999"
const styles = {
  body: `margin:0;padding:24px 16px;${font};font-size:15px;line-height:1.5`,
  sheet: "max-width:560px;margin:0 auto",
  title: "font-size:20px;line-height:1.3;margin:0 0 16px",
  table: `width:100%;border-collapse:collapse;margin:16px 0;${font};font-size:15px;line-height:1.5`,
  label: `text-align:left;vertical-align:top;font-weight:normal;padding:6px 16px 6px 0;white-space:nowrap;${rule}`,
  value: `text-align:right;vertical-align:top;padding:6px 0;font-variant-numeric:tabular-nums;${rule}`,
  strong: "font-weight:bold",
  code: "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;word-break:break-all",
  footer: "color:#777;font-size:13px;margin:16px 0 0"
}

const paragraph = (text: string): string => `<p dir="auto" style="margin:0 0 12px">${html(line(text))}</p>`

const figure = ({ label, style, value }: Figure): string => {
  const look = style === undefined ? styles.value : `${styles.value};${styles[style]}`
  return (
    `<tr><th scope="row" style="${styles.label}">${html(line(label))}</th>` +
    `<td dir="auto" style="${look}">${html(line(value))}</td></tr>`
  )
}

export const toHtml = (page: Page): string =>
  [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${html(line(page.title))}</title><style>:root{color-scheme:light dark}</style></head>`,
    `<body style="${styles.body}"><div style="${styles.sheet}">`,
    `<h1 dir="auto" style="${styles.title}">${html(line(page.title))}</h1>`,
    ...page.lead.map(paragraph),
    `<table style="${styles.table}"><tbody>`,
    ...page.figures.map(figure),
    "</tbody></table>",
    ...page.notes.map(paragraph),
    `<p style="${styles.footer}">${html(line(page.footer))}</p>`,
    "</div></body></html>",
    ""
  ].join("\n")
