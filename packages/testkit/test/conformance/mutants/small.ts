import { createHash } from "node:crypto"
import { Digest, Ids } from "@popug/core"
import { Memory } from "@popug/memory"
import { digest, ids } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mutants } from "./Mutant.ts"

const digesting = (name: string, promise: keyof (typeof digest)["promises"], make: () => (text: string) => string) => ({
  name,
  breaks: [promise],
  layer: Layer.sync(Digest.Digest, () => ({ sha256: make() }))
})
const hash = (text: string, encoding: "utf8" | "latin1" = "utf8") =>
  createHash("sha256").update(text, encoding).digest("hex")

export const digests = mutants(digest, Memory.layerDigest, [
  digesting("writes capitals", "is SHA-256 in lower-case hexadecimal", () => (text) => hash(text).toUpperCase()),
  digesting("drops what is not Latin", "digests the bytes of a text in UTF-8", () => (text) => hash(text, "latin1")),
  digesting("is salted", "makes the same digest of the same text", () => {
    let salt = 0
    return (text) => hash(`${salt++}${text}`)
  })
])

const making = (
  name: string,
  promise: keyof (typeof ids)["promises"],
  change: (ids: ReadonlyArray<string>) => ReadonlyArray<string>
) => ({
  name,
  breaks: [promise],
  layer: Layer.effect(
    Ids,
    Effect.map(Ids, ({ many }) => ({ many: (count: number) => Effect.map(many(count), change) }))
  ).pipe(Layer.provide(Ids.layer))
})

export const idMakers = mutants(ids, Ids.layer, [
  making("makes one too many", "makes as many as asked for", (ids) => [...ids, "one-more"]),
  making("makes one twice", "never makes one twice", (ids) => ids.map((id) => id.slice(0, 13))),
  making("wraps ids in braces", "makes ids that users, tasks and commands can have", (ids) =>
    ids.map((id) => `{${id}}`)
  ),
  making("makes ids in any order", "makes ids that grow in byte order", (ids) => ids.toReversed())
])
