/**
 * What a handler answers as a response, by the endpoint's schemas.
 */
import * as Effect from "effect/Effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

type Response = HttpServerResponse.HttpServerResponse
type Encode = (value: unknown) => Result.Result<unknown, Schema.SchemaError>
type Failure = HttpApiError.HttpApiSchemaError

const annotated = SchemaAST.resolveAt<number>("httpApiStatus")
/** `HttpApiSchema.status` annotates a schema where it is used. */
const statusOf = (ast: SchemaAST.AST): number | undefined =>
  annotated(ast) ?? (ast.context?.annotations?.["httpApiStatus"] as number | undefined)
const encodingOf = SchemaAST.resolveAt<unknown>("~httpApiEncoding")

/** A body with its status, and the headers that may come with it. */
interface Success {
  readonly status: number
  readonly body: Encode
  readonly headers: Encode | undefined
}

/** Undefined when the endpoint answers something else than one kind of JSON, or nothing. */
export const compile = (
  endpoint: HttpApiEndpoint.Top,
  bodyOptions: SchemaAST.ParseOptions | undefined,
  headerOptions: SchemaAST.ParseOptions | undefined
): ((value: unknown) => Effect.Effect<Response, Failure>) | undefined => {
  let empty: Response | undefined
  let full: Success | undefined
  for (const schema of endpoint.success) {
    const withHeaders = HttpApiSchema.isWithHeaders(schema)
    const body: Schema.Top = withHeaders ? schema.schema : schema
    const status = statusOf(schema.ast) ?? statusOf(body.ast) ?? 200
    if (encodingOf(schema.ast) !== undefined || encodingOf(body.ast) !== undefined) return undefined
    if (HttpApiSchema.isNoContent(body.ast)) {
      if (withHeaders || empty !== undefined) return undefined
      empty = HttpServerResponse.empty({ status })
      continue
    }
    if (full !== undefined || body.ast._tag === "Declaration") return undefined
    full = {
      status,
      body: Schema.encodeUnknownResult(body as Schema.Codec<unknown>, bodyOptions),
      headers: withHeaders
        ? Schema.encodeUnknownResult(schema.headers as Schema.Codec<unknown>, headerOptions)
        : undefined
    }
  }
  if (full === undefined) {
    const always = Effect.succeed(empty ?? HttpServerResponse.empty({ status: 204 }))
    return (value) => (HttpServerResponse.isHttpServerResponse(value) ? Effect.succeed(value) : always)
  }
  const nothing = empty === undefined ? undefined : Effect.succeed(empty)
  const encode = encoder(full)
  return (value) => {
    if (value === undefined && nothing !== undefined) return nothing
    return HttpServerResponse.isHttpServerResponse(value) ? Effect.succeed(value) : encode(value)
  }
}

const isWithHeaders = (value: unknown): value is HttpApiSchema.withHeaders<unknown, unknown> =>
  typeof value === "object" && value !== null && HttpApiSchema.WithHeadersValueTypeId in value

const encoder =
  ({ body, headers, status }: Success) =>
  (value: unknown): Effect.Effect<Response, Failure> => {
    const carries = headers !== undefined && isWithHeaders(value)
    const written = body(carries ? value.body : value)
    if (Result.isFailure(written)) return unwritten("Body", written.failure)
    let fields: Readonly<Record<string, string>> | undefined
    if (carries) {
      const found = headers(value.headers)
      if (Result.isFailure(found)) return unwritten("ResponseHeaders", found.failure)
      fields = found.success as Readonly<Record<string, string>>
    }
    return Effect.succeed(
      HttpServerResponse.text(JSON.stringify(written.success), {
        status,
        contentType: "application/json",
        headers: fields
      })
    )
  }

const unwritten = (kind: "Body" | "ResponseHeaders", cause: Schema.SchemaError) =>
  Effect.fail(new HttpApiError.HttpApiSchemaError({ kind, cause }))
