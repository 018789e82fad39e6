/**
 * The contract as its OpenAPI document says it: every endpoint, what it takes, and whether an answer is one of its own.
 */
import { Ajv2020 } from "ajv/dist/2020.js"
import * as HttpApi from "effect/http-api/HttpApi"
import { Api } from "../../src/api/Api.ts"
import { openapi } from "../../src/api/openapi/documented.ts"

/** A JSON Schema, as far as the contract uses them. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
}

export interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header"
  readonly required: boolean
  readonly schema: JsonSchema
}

interface Header {
  readonly $ref?: string
  readonly required?: boolean
}

interface Response {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
  readonly headers?: Readonly<Record<string, Header>>
}

export interface Endpoint {
  /** `tasks.create` */
  readonly id: string
  readonly method: string
  /** With `{name}` for each parameter. */
  readonly path: string
  readonly parameters: ReadonlyArray<Parameter>
  readonly body: JsonSchema | undefined
  /** Whether it asks for a token. */
  readonly secured: boolean
  readonly responses: Readonly<Record<string, Response>>
}

const document = openapi(Api)

interface Operation {
  readonly operationId: string
  readonly parameters?: ReadonlyArray<Parameter>
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
  readonly security?: ReadonlyArray<unknown>
  readonly responses: Readonly<Record<string, Response>>
}

const shared = document.components as unknown as {
  readonly responses?: Readonly<Record<string, Response>>
  readonly headers?: Readonly<Record<string, Header>>
}

const nameIn = ($ref: string): string => $ref.split("/").at(-1)!

/** A response of the document that can be looked into. */
const responseOf = (response: Response): Response => {
  if (response.$ref !== undefined) return responseOf(shared.responses![nameIn(response.$ref)]!)
  const headers = Object.entries(response.headers ?? {}).map(
    ([name, header]) => [name, header.$ref === undefined ? header : shared.headers![nameIn(header.$ref)]!] as const
  )
  return { ...response, headers: Object.fromEntries(headers) }
}

export const endpoints: ReadonlyArray<Endpoint> = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as unknown as Readonly<Record<string, Operation>>).map(([method, operation]) => ({
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    parameters: operation.parameters ?? [],
    body: operation.requestBody?.content["application/json"]!.schema,
    secured: (operation.security ?? []).length > 0,
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [status, responseOf(response)])
    )
  }))
)

/** How many endpoints the contract itself has: the document must not leave one out. */
export const count = (): number => {
  let found = 0
  HttpApi.reflect(Api, { onGroup: () => undefined, onEndpoint: () => void (found += 1) })
  return found
}

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
ajv.addSchema({ $id: "popug", components: document.components as object })

/** A schema of the document that can be looked into: without a `$ref` at its top. */
export const resolve = (schema: JsonSchema): JsonSchema => {
  if (schema.$ref === undefined) return schema
  const name = schema.$ref.replace("#/components/schemas/", "")
  return resolve(document.components.schemas[name] as JsonSchema)
}

const compiled = new WeakMap<JsonSchema, ReturnType<typeof ajv.compile>>()

/** What is wrong with a value by a schema of the document; nothing if it holds. */
export const violations = (schema: JsonSchema, value: unknown): ReadonlyArray<string> => {
  let validate = compiled.get(schema)
  if (validate === undefined) {
    const absolute = JSON.stringify(schema).replaceAll(`"#/components/`, `"popug#/components/`)
    validate = ajv.compile(JSON.parse(absolute))
    compiled.set(schema, validate)
  }
  if (validate(value)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
