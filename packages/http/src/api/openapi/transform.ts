/**
 * The OpenAPI document as it is published: what is generated from the contract, with what people and tools need
 * besides. All of that is here and in the files beside it, and none of it in the contract.
 */
import * as Answers from "./Answers.ts"
import type { Json, JsonObject } from "./Json.ts"
import { credentials, groups, type Text } from "./operations.ts"
import { parameters } from "./parameters.ts"
import * as Schemas from "./Schemas.ts"

const map = (object: JsonObject, change: (key: string, value: JsonObject) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(key, value as JsonObject)]))

const parameter =
  (operationId: string) =>
  (value: JsonObject): JsonObject => {
    const known = parameters[`${operationId}.${String(value["name"])}`] ?? parameters[String(value["name"])]
    return {
      ...value,
      description: known?.description ?? "",
      schema: { ...(value["schema"] as JsonObject), ...known?.schema }
    }
  }

/** An endpoint that takes nothing can't be asked wrongly. */
const takesNothing = ({ parameters: asked, requestBody }: JsonObject): boolean =>
  requestBody === undefined && (asked as ReadonlyArray<Json>).length === 0

const requestBody = (body: JsonObject): JsonObject => ({
  ...body,
  content: map(body["content"] as JsonObject, (_, media) => ({
    ...media,
    schema: Schemas.bounded(media["schema"] as JsonObject)
  }))
})

const operation = (value: JsonObject): JsonObject => {
  const body = value["requestBody"] as JsonObject | undefined
  const { "400": invalid, ...others } = value["responses"] as JsonObject
  const responses = invalid === undefined || takesNothing(value) ? others : { ...others, "400": invalid }
  return {
    ...value,
    // A title has no markup.
    summary: String(value["summary"]).replaceAll("`", ""),
    parameters: (value["parameters"] as ReadonlyArray<JsonObject>).map(parameter(String(value["operationId"]))),
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: {
      ...map(responses, (status, response) => Schemas.answer(Answers.polish(status, response))),
      ...Answers.shared(body !== undefined)
    }
  }
}

const textOf = (operationId: string): Text | undefined => {
  const [group, name] = operationId.split(".")
  const known = groups as Readonly<Record<string, { readonly endpoints: Readonly<Record<string, Text>> }>>
  return known[group!]?.endpoints[name!]
}

/** With what members are, which the contract does not say. */
const explained = (document: JsonObject): JsonObject => {
  const components = document["components"] as JsonObject
  return {
    ...document,
    paths: map(document["paths"] as JsonObject, (_, path) =>
      map(path, (__, one) => {
        const { answers = {}, asks = {} } = textOf(String(one["operationId"])) ?? {}
        return map(one, (part, value) =>
          part === "requestBody"
            ? Schemas.explainIn(asks, value)
            : part === "responses"
              ? Schemas.explainIn(answers, value)
              : value
        )
      })
    ),
    components: { ...components, schemas: Schemas.explain(components["schemas"] as JsonObject) }
  }
}

const bodiesOf = (paths: JsonObject): Json =>
  Object.values(paths).flatMap((path) =>
    Object.values(path as JsonObject).flatMap((one) => (one as JsonObject)["requestBody"] ?? [])
  )

/** For `OpenApi.Transform` of an API; those of its groups that inherit it are left as they are. */
export const transform = (generated: JsonObject): JsonObject => {
  if (generated["openapi"] === undefined) return generated
  const { components, ...document } = Schemas.simplify(explained(generated))
  const { schemas, ...others } = components as JsonObject
  const published = {
    ...document,
    paths: map(document["paths"] as JsonObject, (_, path) => map(path, (__, one) => operation(one)))
  }
  const [renamed, kept] = Schemas.rename(published, schemas as JsonObject)
  return {
    ...renamed,
    components: {
      ...others,
      securitySchemes: map(others["securitySchemes"] as JsonObject, (name, scheme) => ({
        description: credentials[name]!,
        ...scheme,
        // Any case is right by RFC 9110, and this one is understood everywhere.
        scheme: String(scheme["scheme"]).toLowerCase(),
        ...(name === "bearer" ? { bearerFormat: "JWT" } : {})
      })),
      schemas: { ...Schemas.describe(kept, bodiesOf(renamed["paths"] as JsonObject)), Problem: Answers.Problem },
      headers: Answers.headers,
      responses: Answers.responses
    }
  }
}
