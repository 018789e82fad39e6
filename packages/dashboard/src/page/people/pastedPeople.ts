/**
 * People out of pasted lines: a name, and after a comma, a semicolon or a tab what they are, as in a spreadsheet.
 */
interface PastedPerson {
  readonly name: string
  readonly roles: ReadonlyArray<string>
}

/** A line that can't be a person, and why. */
interface BadLine {
  readonly line: number
  readonly why: "noName" | "tooLong" | "badRole"
}

export interface Pasted {
  readonly people: ReadonlyArray<PastedPerson>
  readonly bad: ReadonlyArray<BadLine>
}

const longestName = 200
const bullet = /^\s*(?:[-*•–—]\s+|\d{1,4}[.)]\s+)?/u

/** As the server has them: lower-case words of Latin letters. */
export const isRole = (text: string): boolean => /^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/u.test(text) && text.length <= 40

/** Whoever has no role is a worker. `roleOf` knows roles as the reader's language has them. */
export const pastedPeople = (text: string, roleOf: (word: string) => string | undefined): Pasted => {
  const people: Array<PastedPerson> = []
  const bad: Array<BadLine> = []
  for (const [at, line] of text.split(/\r\n|\r|\n/u).entries()) {
    if (line.trim() === "") continue
    const [first = "", ...rest] = line.replace(bullet, "").split(/[,;\t]/u)
    const name = first.trim().normalize("NFC")
    const words = rest
      .flatMap((part) =>
        part
          .trim()
          .toLocaleLowerCase()
          .split(/[\s+/]+/u)
      )
      .filter((word) => word !== "")
    const roles = [...new Set(words.map((word) => roleOf(word) ?? word))]
    if (name === "") bad.push({ line: at + 1, why: "noName" })
    else if ([...name].length > longestName) bad.push({ line: at + 1, why: "tooLong" })
    else if (!roles.every(isRole)) bad.push({ line: at + 1, why: "badRole" })
    else people.push({ name, roles: roles.length === 0 ? ["worker"] : roles })
  }
  return { people, bad }
}
