/**
 * Server-sent events as they come over the wire: lines end as they like, and come in any pieces (the HTML standard,
 * 9.2.6). Own code, since what effect has for it weighs more than all of this client.
 */

export interface Message {
  /** The last id that the stream told. */
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

export interface Handlers {
  readonly onMessage: (message: Message) => void
  /** Told how long to wait before the next connection, in milliseconds. */
  readonly onRetry: (millis: number) => void
}

/** Takes one line after another; an empty one ends a message. */
const reader = ({ onMessage, onRetry }: Handlers) => {
  let id: string | undefined
  let event = ""
  let data: Array<string> = []
  const fields: Readonly<Record<string, (value: string) => void>> = {
    data: (value) => void data.push(value),
    event: (value) => void (event = value),
    id: (value) => {
      if (!value.includes("\0")) id = value
    },
    retry: (value) => {
      if (/^\d+$/u.test(value)) onRetry(Number(value))
    }
  }
  return (line: string) => {
    if (line !== "") {
      const [, name, value] = /^([^:]*)(?:: ?)?(.*)$/su.exec(line)!
      if (Object.hasOwn(fields, name!)) fields[name!]!(value!)
      return
    }
    const message = { id, event: event || "message", data: data.join("\n") }
    const isEmpty = data.length === 0
    event = ""
    data = []
    if (!isEmpty) onMessage(message)
  }
}

/** Takes the text of a stream piece by piece. */
export const makeParser = (handlers: Handlers): ((text: string) => void) => {
  const read = reader(handlers)
  let begun = ""
  let afterReturn = false
  return (text) => {
    if (text === "") return
    // A line that ends with both may be cut between them.
    const lines = (begun + (afterReturn && text.startsWith("\n") ? text.slice(1) : text)).split(/\r\n|\r|\n/u)
    afterReturn = text.endsWith("\r")
    begun = lines.pop()!
    for (const line of lines) read(line)
  }
}
