/** A reader of RFC 4180, written from the RFC and not from the writer. */
export const parseCsv = (text: string): Array<Array<string>> => {
  const rows: Array<Array<string>> = []
  let row: Array<string> = []
  let at = 0
  while (at < text.length) {
    let cell = ""
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (at >= text.length) throw new Error("a quoted cell has no end")
        if (text[at] === '"') at += 1
        cell += text[at]!
      }
      at += 1
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\r") cell += text[at++]!
    }
    row.push(cell)
    if (text[at] === ",") {
      at += 1
      continue
    }
    if (text.slice(at, at + 2) !== "\r\n") throw new Error(`neither a cell's end nor a line's at ${at}`)
    rows.push(row)
    row = []
    at += 2
  }
  return rows
}
