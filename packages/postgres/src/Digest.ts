/**
 * SHA-256 from Node.
 */
import { hash } from "node:crypto"
import { Digest } from "@popug/core"

export const make = (): Digest.Digest["Service"] => Digest.Digest.of({ sha256: (text) => hash("sha256", text, "hex") })
