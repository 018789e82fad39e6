/**
 * What the server writes of itself must not end it: a full disk, or a reader that has gone, costs lines of the log and
 * nothing else.
 */
import { writeFileSync } from "node:fs"
import { Socket } from "node:net"
import { Writable } from "node:stream"

/** Writes to a file that is open; what can't be written is lost, and the next is tried again. */
const toFile = (descriptor: number): Writable =>
  new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => {
      try {
        writeFileSync(descriptor, chunk)
      } catch {
        // There is nowhere to say it.
      }
      done()
    }
  })

/** Has both outputs bear what goes wrong with them. Before anything is written. */
export const forgive = (): void => {
  for (const [name, descriptor] of [
    ["stdout", 1],
    ["stderr", 2]
  ] as const) {
    const stream: Writable = process[name]
    stream.on("error", () => undefined)
    // Node ends its stream of a file at the first error: with room again there would still be no log.
    if (!(stream instanceof Socket)) Object.defineProperty(process, name, { value: toFile(descriptor) })
  }
}
