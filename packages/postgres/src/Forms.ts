/**
 * What a row of an event keeps of what the event says. Of events that are many it is the values of their data, without
 * the names, which are half of its JSON: the number of a form stands for those, the type and the version. Of all others
 * it is everything.
 */
import type { Envelope } from "@popug/core"

type Said = Pick<Envelope.Envelope, "type" | "version" | "data">
type Values = ReadonlyArray<unknown>

interface Form {
  readonly type: string
  readonly version: number
  readonly names: ReadonlyArray<string>
  readonly data: (values: Values) => object
}

const form = (type: string, version: number, data: (values: Values) => object): Form => ({
  type,
  version,
  names: Object.keys(data([])),
  data
})

/**
 * The forms from 1 on. What a number stands for never changes, since rows have it; another comes behind. SQL that reads
 * them for people is in the migrations (`event_json`).
 */
const forms: ReadonlyArray<Form> = [
  form("task.updated", 2, ([assign, assignment, change, id, isDone, jiraId, period, title]) => ({
    assign,
    assignment,
    change,
    id,
    isDone,
    jiraId,
    period,
    title
  }))
]

/** The form of what is kept whole. */
const whole = 0

/** The values of data that has the names of a form, all and in their order: what gives back the same JSON. */
const valuesOf = ({ names }: Form, data: unknown): Values | undefined => {
  if (typeof data !== "object" || data === null) return undefined
  const values: Array<unknown> = []
  for (const name in data) {
    const value = (data as Readonly<Record<string, unknown>>)[name]
    if (value === undefined || name !== names[values.length]) return undefined
    values.push(value)
  }
  return values.length === names.length ? values : undefined
}

/** What a row keeps: its form, and JSON. */
export const written = ({ data, type, version }: Said): { readonly form: number; readonly text: string } => {
  const index = forms.findIndex((each) => each.type === type && each.version === version)
  const values = index < 0 ? undefined : valuesOf(forms[index]!, data)
  return values === undefined
    ? { form: whole, text: JSON.stringify([type, version, data ?? null]) }
    : { form: index + 1, text: JSON.stringify(values) }
}

/**
 * What the event said, by the JSON of its row. What nobody can have written so is an event of no type: whoever reads it
 * sees which one it is, and that nothing can be made of it.
 */
export const read = (number: number, values: unknown): Said => {
  const form = forms[number - 1]
  if (Array.isArray(values)) {
    if (form !== undefined && values.length === form.names.length) {
      return { type: form.type, version: form.version, data: form.data(values) }
    }
    const [type, version, data] = values as Values
    if (number === whole && values.length === 3 && typeof type === "string" && typeof version === "number") {
      return { type, version, data }
    }
  }
  return { type: `unreadable (form ${number})`, version: 1, data: values }
}
