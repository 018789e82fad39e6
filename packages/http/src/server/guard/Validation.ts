/**
 * Requests that break the contract's rules, as problems: the contract's `Validation`.
 */
import * as Effect from "effect/Effect"
import type * as HttpApiError from "effect/http-api/HttpApiError"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import type * as Layer from "effect/Layer"
import * as SchemaIssue from "effect/SchemaIssue"
import { Validation } from "../../api/middleware.ts"
import * as Problem from "../../api/Problem.ts"

/** How many places are named: a body of a megabyte can break a rule at every fifth byte. */
const most = 100

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** What is wrong, up to a hundred places, each with the part of the request that it is in and its path there. */
const issuesOf = ({ cause, kind }: HttpApiError.HttpApiSchemaError) =>
  format(cause.issue)
    .issues.slice(0, most)
    .map(({ message, path = [] }) => ({ path: [kind.toLowerCase(), ...path.map(segmentOf)], message }))

const segmentOf = (segment: PropertyKey | { readonly key: PropertyKey }): string | number => {
  const key = typeof segment === "object" ? segment.key : segment
  return typeof key === "number" ? key : String(key)
}

const sentence = ({ message, path }: { readonly path: ReadonlyArray<string | number>; readonly message: string }) =>
  `${path.join(".")}: ${message}`

/** An answer of ours that breaks the contract is a defect. */
export const layer: Layer.Layer<Validation> = HttpApiMiddleware.layerSchemaErrorTransform(Validation, (error) => {
  if (error.kind === "Body" || error.kind === "ResponseHeaders") return Effect.die(error)
  const errors = issuesOf(error)
  return Effect.fail(new Problem.InvalidInput({ detail: errors.map(sentence).join("; "), errors }))
})
