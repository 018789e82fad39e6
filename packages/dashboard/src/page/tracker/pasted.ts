/**
 * Tasks out of pasted lines: one a line, as lists, trackers and spreadsheets write them.
 */
interface PastedTask {
  readonly title: string
  readonly jiraId: string | null
  readonly description: string
}

/** A line that can't be a task, and why. */
interface BadLine {
  readonly line: number
  readonly why: "tooLong" | "noTitle"
}

export interface Pasted {
  readonly tasks: ReadonlyArray<PastedTask>
  readonly bad: ReadonlyArray<BadLine>
}

/** "- ", "* ", "• ", "1. ", "2) ", "[ ] " and "- [x] " before what is meant. */
const bullet = /^\s*(?:[-*•–—]\s+|\d{1,4}[.)]\s+)?(?:\[[ xX]?\]\s+)?/u
/** "[POPUG-17] ", "POPUG-17: ", or in a spreadsheet the cell before the title. */
const key =
  /^(?:\[([A-Za-z][A-Za-z0-9_]{0,50}-[0-9]{1,20})\]\s*|([A-Z][A-Z0-9_]{0,50}-[0-9]{1,20})(?::\s*|\s+-\s+|\t))/u

const longest = 500

const taskOf = (line: string): PastedTask => {
  const text = line.replace(bullet, "")
  const [whole = "", bracketed, bare] = key.exec(text) ?? []
  const [title = "", ...cells] = text.slice(whole.length).split("\t")
  return {
    title: title.trim().normalize("NFC"),
    jiraId: bracketed ?? bare ?? null,
    description: cells
      .map((cell) => cell.trim())
      .filter((cell) => cell !== "")
      .join("\n")
  }
}

/** The tasks of a text; blank lines mean nothing. */
export const pasted = (text: string): Pasted => {
  const tasks: Array<PastedTask> = []
  const bad: Array<BadLine> = []
  for (const [at, line] of text.split(/\r\n|\r|\n/u).entries()) {
    if (line.trim() === "") continue
    const task = taskOf(line)
    if (task.title === "") bad.push({ line: at + 1, why: "noTitle" })
    else if ([...task.title].length > longest) bad.push({ line: at + 1, why: "tooLong" })
    else tasks.push(task)
  }
  return { tasks, bad }
}

/** A text without the lines of its first tasks: what is left of it once those were created. */
export const withoutFirst = (text: string, count: number): string => {
  let left = count
  const lines = text.split(/\r\n|\r|\n/u)
  const from = lines.findIndex((line) => line.trim() !== "" && left-- === 0)
  return from < 0 ? "" : lines.slice(from).join("\n")
}

/** In pieces that a server takes at once. */
export const inBatches = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size))
