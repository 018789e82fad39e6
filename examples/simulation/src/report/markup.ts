/**
 * Pieces of HTML: everything that comes from outside is escaped here.
 */

/** Markup that is safe as it is. */
export interface Html {
  readonly html: string
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

const render = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(render).join("")
  if (typeof value === "object" && value !== null && "html" in value) return (value as Html).html
  return String(value)
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (mark) => escapes[mark]!)
}

/** A template whose values are escaped, unless they are markup; lists are joined. */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<unknown>): Html => ({
  html: parts.map((part, index) => part + (index < values.length ? render(values[index]) : "")).join("")
})

/** Markup that was written by hand, or by a library. */
export const trusted = (text: string): Html => ({ html: text })

export const blank: Html = { html: "" }

/** Data for a script: JSON that can't end the element it is in. */
export const json = (value: unknown): Html => ({ html: JSON.stringify(value).replaceAll("<", "\\u003c") })

/** A cell of a table: text, or a number set to the right. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => unknown
  readonly kind?: "number" | "date" | "title" | "share"
}

const classes = { number: "n", date: "date", title: "title", share: "share" }

/** A table whose first column names its rows; `foot` has the cells of a last row of sums. */
export const table = <Row>(
  caption: string,
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  foot?: ReadonlyArray<unknown>
): Html => {
  const className = (column: Column<Row>) => (column.kind === undefined ? "" : classes[column.kind])
  const cells = (row: Row) =>
    columns.map((column, index) =>
      index === 0
        ? html`<th scope="row" class="${className(column)}">${column.cell(row)}</th>`
        : html`<td class="${className(column)}">${column.cell(row)}</td>`
    )
  const sums = foot?.map((cell, index) =>
    index === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="n">${cell}</td>`
  )
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${className(column)}">${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${cells(row)}
            </tr> `
        )}
      </tbody>
      ${
        sums === undefined
          ? blank
          : html`<tfoot>
              <tr>
                ${sums}
              </tr>
            </tfoot>`
      }
    </table>
  </div>`
}
