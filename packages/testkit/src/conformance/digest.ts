/**
 * The promises of `Digest`.
 */
import { Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import { sha256 } from "./Data.ts"
import { same } from "./expect.ts"
import * as Suite from "./Suite.ts"

const service = Digest.Digest

export const digest = Suite.make("Digest", {
  "is SHA-256 in lower-case hexadecimal": Effect.gen(function* () {
    const { sha256 } = yield* service
    // The examples of FIPS 180.
    same(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "the digest of nothing")
    same(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "the digest of abc")
    same(
      sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
      "the digest of more than a block"
    )
  }),

  "digests the bytes of a text in UTF-8": Effect.gen(function* () {
    const digests = yield* service
    for (const text of ["ě", "✓ \u0000\u2028", "𝄞 beyond the first plane", "x".repeat(100_000)]) {
      same(digests.sha256(text), sha256(text), text.slice(0, 20))
    }
  }),

  "makes the same digest of the same text": Effect.gen(function* () {
    const { sha256 } = yield* service
    const first = sha256("popug")
    sha256("another")
    same(sha256("popug"), first, "the digest of the same text again")
  })
})
