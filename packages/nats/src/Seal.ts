/**
 * What tells the events of a company from what somebody else writes to its subjects. Whoever may publish there could
 * otherwise have it book what never happened: the digest that an event has to carry is in the event before it, for all
 * to read.
 */
import { createHmac, createSecretKey, hash, hkdfSync, timingSafeEqual } from "node:crypto"
import { Envelope } from "@popug/core"

/** The header of a seal. */
export const header = "popug-seal"

export interface Seal {
  /** The seal of an event, of whose content its digest is. */
  readonly of: (event: Envelope.Envelope) => string
  readonly holds: (event: Envelope.Envelope, seal: string) => boolean
}

const sha256 = (text: string): string => hash("sha256", text)

/** By the secret that all contexts of a company share, and no other company has. */
export const make = (company: string, secret: string): Seal => {
  // Made once: of bytes Node would make a key for each seal, which takes four times as long as the seal.
  const key = createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", `popug nats seal ${company}`, 32)))
  const bytesOf = (event: Envelope.Envelope) =>
    createHmac("sha256", key).update(Envelope.digest(sha256, event)).digest()
  return {
    of: (event) => bytesOf(event).toString("base64url"),
    holds: (event, seal) => {
      const said = Buffer.from(seal, "base64url")
      return said.length === 32 && timingSafeEqual(said, bytesOf(event))
    }
  }
}
