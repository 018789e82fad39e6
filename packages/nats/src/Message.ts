/**
 * Events as NATS carries them: CloudEvents 1.0 in binary content mode. Attributes are headers, `ce-` before their
 * names, and the data is the body, so that a consumer in any language reads them.
 */
import { headers, type MsgHdrs } from "@nats-io/transport-node"
import { Envelope } from "@popug/core"
import * as Result from "effect/Result"
import * as Seal from "./Seal.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true })

/** Attributes that are numbers; a header is text. */
const numbers: ReadonlySet<string> = new Set(["number", "dataversion"])

/** As the binding wants it: what is not printable ASCII, spaces, quotes and percent signs. */
const encodeValue = (value: string): string =>
  /^[!#$&-~]*$/u.test(value)
    ? value
    : value.replaceAll(/[^!#$&-~]/gu, (character) =>
        [...encoder.encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("")
      )

/** A value in quotes is of an older form, which must be understood as well. */
const decodeValue = (value: string): string => {
  const quoted = /^"(.*)"$/su.exec(value)
  const text = quoted === null ? value : quoted[1]!.replaceAll(/\\(.)/gsu, "$1")
  return text.includes("%") ? decodeURIComponent(text) : text
}

/** What the server knows an event by that comes twice. */
const idOf = (company: string, { number, source }: Pick<Envelope.Envelope, "number" | "source">): string =>
  `${company}.${source}.${number}`

export interface Message {
  readonly id: string
  readonly headers: MsgHdrs
  readonly data: Uint8Array
}

/** An event as it is sent. */
export const encode = (company: string, event: Envelope.Envelope, seal: Seal.Seal): Message => {
  const { data, ...attributes } = Envelope.toCloudEvent(company, event)
  const message = headers()
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) message.set(`ce-${name}`, encodeValue(String(value)))
  }
  message.set(Seal.header, seal.of(event))
  return { id: idOf(company, event), headers: message, data: encoder.encode(JSON.stringify(data)) }
}

/** How many bytes a message takes on its way; a server counts them so. */
export const sizeOf = ({ data, headers, id }: Message): number => {
  let size = data.length + id.length + 100
  for (const name of headers.keys()) size += name.length + headers.get(name).length + 4
  return size
}

/** The number of the event that a message is of; NaN where it says none. */
export const numberOf = (headers: MsgHdrs | undefined): number => {
  const number = Number(headers?.get("ce-number"))
  return Number.isSafeInteger(number) && number > 0 ? number : Number.NaN
}

/** Reads an event back; nothing of what is none. */
export const decode = (headers: MsgHdrs | undefined, data: Uint8Array): Envelope.Envelope | undefined => {
  if (headers === undefined) return undefined
  try {
    const attributes: Record<string, unknown> = {}
    for (const header of headers.keys()) {
      const name = header.toLowerCase()
      if (!name.startsWith("ce-")) continue
      const value = decodeValue(headers.get(header))
      attributes[name.slice(3)] = numbers.has(name.slice(3)) ? Number(value) : value
    }
    const event = { ...attributes, data: JSON.parse(decoder.decode(data)) as unknown }
    const read = Envelope.fromCloudEvent(event as unknown as Envelope.CloudEvent)
    return Result.isSuccess(read) ? Envelope.remembering(read.success) : undefined
  } catch {
    return undefined
  }
}
