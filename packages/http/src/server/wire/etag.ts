/**
 * Entity tags: digests of what a caller sees, so that any store and any node make the same.
 */
import { Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { withHeader } from "./withHeader.ts"

/** A strong entity tag of a body. */
export const etagOf = (sha256: Digest.Sha256, body: unknown): string =>
  `"${sha256(Digest.canonicalJson(isFlat(body) ? body : plain(body))).slice(0, 32)}"`

/** Whether nothing in it but lists could be other than JSON: so are tasks and users, which are asked for most. */
const isFlat = (body: unknown): boolean =>
  Object.values(body as object).every((value) => typeof value !== "object" || value === null || Array.isArray(value))

/** Amounts and instants have no canonical JSON of their own. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? inner.toString() : inner)))

/** Whether a list of entity tags names this one; `*` names all. Weak tags never match strongly. */
const matches = (header: string, etag: string): boolean =>
  header.trim() === "*" || header.split(",").some((tag) => tag.trim() === etag)

/** For `If-None-Match` a weak tag is as good. */
const matchesWeakly = (header: string, etag: string): boolean => matches(header.replaceAll(/(^|,)\s*W\//g, "$1"), etag)

/** The body with its tag, or 304 if the caller has it. */
export const conditional = <Body>(sha256: Digest.Sha256, header: string | undefined, body: Body) => {
  const etag = etagOf(sha256, body)
  return header !== undefined && matchesWeakly(header, etag)
    ? Effect.as(withHeader("etag", etag), undefined)
    : Effect.succeed(HttpApiSchema.withHeaders({ body, headers: { etag } }))
}

/** The condition of `If-Match`, as the core takes it. */
export const onlyIf = <A>(sha256: Digest.Sha256, header: string | undefined) =>
  header === undefined ? {} : { onlyIf: (current: A) => matches(header, etagOf(sha256, current)) }
