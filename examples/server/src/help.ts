/**
 * The text of `--help`: each variable, what it takes and what it is when it is not set, for the program that was
 * started.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Variable } from "./kinds.ts"
import type { Sections } from "./reading.ts"

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** What a rule says of a text that breaks it; nothing for a text that it takes. */
const refusal = (schema: Schema.Top, text: string): string | undefined => {
  const decode = Schema.decodeUnknownResult(Schema.toCodecStringTree(Schema.Struct({ value: schema })) as never)
  const decoded: Result.Result<unknown, Schema.SchemaError> = decode({ value: text } as never)
  if (Result.isSuccess(decoded)) return undefined
  return issuesOf(decoded.failure.issue).issues[0]?.message.replace(/^Expected (?:a value )?/u, "")
}

/** What a variable takes, in the words of its rule: they can't differ from what is checked. */
export const accepts = ({ schema }: Variable<Schema.Top>): string => {
  const words = refusal(schema, "\u0000 -")
  if (words === undefined) return "text"
  const number = words.startsWith("a string representing a finite number")
    ? refusal(schema, "-1000000000000")
    : undefined
  return number === undefined ? words.replaceAll('"', "").replaceAll(" | ", " or ") : `a whole number ${number}`
}

const width = 28

/** Text under its variable, in lines that a terminal shows whole. */
const wrapped = (text: string): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length > 78) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** The text; `defaults` are those of the program that was started. */
export const help = (what: string, sections: Sections, defaults: Readonly<Record<string, string>> = {}): string =>
  [
    `${what} It is configured by its environment; each variable, what it takes, and its default:`,
    ...Object.entries(sections).flatMap(([title, section]) => [
      "",
      title,
      ...Object.entries(section).flatMap(([name, variable]) => {
        const fallback = defaults[name] ?? variable.fallback
        const [first, ...more] = [
          ...wrapped(variable.help),
          ...wrapped(`${accepts(variable)}${fallback === undefined ? "" : `; default: ${fallback}`}`)
        ]
        const indent = " ".repeat(width + 3)
        return [`  ${name.padEnd(width)} ${first}`, ...more.map((line) => `${indent}${line}`)]
      })
    ])
  ].join("\n")
