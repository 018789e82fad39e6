/**
 * The body of a request, from its bytes to what its schema makes of it.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Bodies from "../platform/Bodies.ts"
import { type Asked, refuse } from "./Asked.ts"

type Served = Effect.Effect<HttpServerResponse.HttpServerResponse, unknown>
/** Reads the payload into what is asked, and goes on. */
type Read = (asked: Asked, context: Context.Context<never>, next: (asked: Asked) => Served) => Served

const json = "application/json"

/** Undefined when the endpoint takes something else than JSON. */
export const compile = (
  { method, payload }: HttpApiEndpoint.Top,
  options: SchemaAST.ParseOptions | undefined
): Read | undefined => {
  if (payload.size === 0) return (asked, _, next) => next(asked)
  const taken = payload.get(json)
  if (payload.size > 1 || taken?.encoding._tag !== "Json" || method === "GET" || method === "HEAD") return undefined
  const schema = taken.schemas.length === 1 ? taken.schemas[0] : Schema.Union(taken.schemas)
  const decode = Schema.decodeUnknownResult(schema as Schema.Codec<unknown>, options)
  const ofNothing = taken.schemas.some(({ ast }) => SchemaAST.isNull(SchemaAST.toEncoded(ast))) ? null : undefined

  return (asked, context, next) => {
    const { request } = asked
    const said = request.headers["content-type"]
    if (said !== undefined && said !== json && mediaType(said) !== json) {
      return Effect.succeed(HttpServerResponse.text(`Unsupported content-type: ${mediaType(said)}`, { status: 415 }))
    }
    return Effect.flatMap(Bodies.textOf(request, context), (text) => {
      let body: unknown = ofNothing
      try {
        if (text !== "") body = JSON.parse(text)
      } catch {
        return refuse("Payload", noJson)
      }
      const found = decode(body)
      if (Result.isFailure(found)) return refuse("Payload", found.failure)
      asked.payload = found.success
      return next(asked)
    })
  }
}

const noJson = new Schema.SchemaError(new SchemaIssue.InvalidValue({ message: "Expected a valid JSON body" }))

/** A media type without its parameters. */
const mediaType = (header: string): string => header.split(";", 1)[0]!.trim().toLowerCase()
