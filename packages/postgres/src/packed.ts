/**
 * Ids of tasks, and of those who hold them, as bytes: UUIDs in 16, all others with their text. Bytes are in the order
 * of the texts, so that a page of ids is a range of a key, whatever ids a company mixes.
 *
 * A text comes right after the last UUID that is not above it: as the bytes of that UUID, and its own behind them. Of
 * the UUIDs that begin with one of three bytes none is kept as bytes, so that for texts after those the one byte is
 * enough: nearly all texts that are used as ids begin with digits of no UUID.
 */

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** Whether an id can be kept as the bytes of a UUID: only what these give back to the letter. */
export const isUuid = (id: string): boolean => id.length === 36 && uuid.test(id)

/** The first bytes of texts: before all UUIDs, between 9 and a (capitals), and after all of them (from g on). */
const leads: ReadonlySet<number> = new Set([0x00, 0x9f, 0xff])

const digits = "0123456789abcdef"
const dashes: ReadonlySet<number> = new Set([8, 13, 18, 23])
const last = (digitsBefore: string): string => digitsBefore.padEnd(32, "f")

/** The digits of the last UUID before all that begin with these; undefined for none. */
const before = (begin: string): string | undefined => {
  const end = begin.replace(/0+$/, "")
  if (end === "") return undefined
  return last(end.slice(0, -1) + digits[digits.indexOf(end.at(-1)!) - 1])
}

/** The digits of the last UUID that is not above a text; undefined for none. */
const floorOf = (text: string): string | undefined => {
  let begin = ""
  for (let at = 0; at < 36; at++) {
    // Nothing, where the text has ended, which is below every digit.
    const found = text.charAt(at)
    if (dashes.has(at)) {
      if (found === "-") continue
      return found > "-" ? last(begin) : before(begin)
    }
    if (found !== "" && digits.includes(found)) {
      begin += found
      continue
    }
    const below = [...digits].findLast((digit) => digit < found)
    return below === undefined ? before(begin) : last(begin + below)
  }
  return begin
}

/** The bytes of an id. */
export const packed = (id: string): Uint8Array => {
  const floor = Buffer.from(floorOf(id) ?? "00", "hex")
  if (leads.has(floor[0]!)) return Buffer.concat([floor.subarray(0, 1), Buffer.from(id)])
  return isUuid(id) ? floor : Buffer.concat([floor, Buffer.from(id)])
}

/** The same for many ids. Those that are all UUIDs are read at once: a buffer for each costs four times as much. */
export const packedAll = (ids: ReadonlyArray<string | null>): ReadonlyArray<Uint8Array | null> => {
  if (ids.every((id) => id !== null && isUuid(id))) {
    const all = Buffer.from(ids.join("").replaceAll("-", ""), "hex")
    const each = ids.map((_, index) => all.subarray(index * 16, index * 16 + 16))
    if (each.every((bytes) => !leads.has(bytes[0]!))) return each
  }
  return ids.map((id) => (id === null ? null : packed(id)))
}

const characters = Array.from({ length: 256 }, (_, byte) => Buffer.from(byte.toString(16).padStart(2, "0")))
/** Where the digits of each byte stand in a UUID's text, and a text to write them into. */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const written = Buffer.alloc(36, "-")

/** The id that bytes stand for. */
export const unpacked = (bytes: Uint8Array): string => {
  const hasLead = leads.has(bytes[0]!)
  if (hasLead || bytes.length !== 16) return Buffer.from(bytes.subarray(hasLead ? 1 : 16)).toString()
  for (let at = 0; at < 16; at++) {
    const [high, low] = [characters[bytes[at]!]![0]!, characters[bytes[at]!]![1]!]
    written[places[at]!] = high
    written[places[at]! + 1] = low
  }
  return written.toString("latin1")
}
