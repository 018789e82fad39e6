/** The OpenAPI document: valid, well kept, and not changed unnoticed. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { createConfig, lintFromString } from "@redocly/openapi-core"
import { Validator } from "@seriousme/openapi-schema-validator"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as OpenApi from "effect/http-api/OpenApi"
import * as Snapshot from "../../scripts/openapi.ts"
import { Api, DevelopmentApi } from "../../src/api/Api.ts"
import { openapi } from "../../src/api/openapi/documented.ts"

/** Redocly's recommended rules; warnings count. */
const rules = {
  // The document is served by the server itself: whoever reads it knows where it is.
  "no-empty-servers": "off",
  // `/livez` and `/readyz` take nothing, so nothing can be wrong with a request; `default` tells the rest.
  "operation-4xx-response": "off",
  "no-invalid-schema-examples": "error",
  "no-invalid-parameter-examples": "error",
  "no-schema-type-mismatch": "error",
  "no-unused-components": "error",
  // Many say all in their summary.
  "operation-description": "off",
  "tag-description": "error",
  "parameter-description": "error"
} as const

interface Documented {
  readonly description?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, unknown>>
  readonly $ref?: string
}

const operations = (document: OpenApi.OpenAPISpec) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OpenApi.OpenAPISpecOperation>).map(([method, operation]) => ({
      path,
      method,
      name: `${method.toUpperCase()} ${path}`,
      operation,
      responses: operation.responses as Readonly<Record<string, Documented>>
    }))
  )

describe.each([
  ["the API", Api],
  ["the development API", DevelopmentApi]
] as const)("%s", (_, api) => {
  const document = openapi(api as typeof Api)

  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator()
    const result = await validator.validate(structuredClone(document) as Record<never, never>)
    assert.deepStrictEqual(result.errors ?? [], [])
    assert.isTrue(result.valid)
    assert.strictEqual(validator.version, "3.1")
  })

  it("has nothing that a linter would say", async () => {
    const config = await createConfig({ extends: ["recommended"], rules })
    const problems = await lintFromString({ source: JSON.stringify(document), config })
    assert.deepStrictEqual(
      problems.map(({ location, message, ruleId }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
      []
    )
  })

  it("has every endpoint, each with a summary and a tag of its group", () => {
    const endpoints: Array<string> = []
    HttpApi.reflect(api as typeof Api, {
      onGroup: () => undefined,
      onEndpoint: ({ endpoint }) =>
        void endpoints.push(`${endpoint.method} ${endpoint.path.replaceAll(/:(\w+)/gu, "{$1}")}`.replace(/\/$/u, ""))
    })
    assert.sameMembers(
      operations(document).map(({ name }) => name),
      endpoints
    )
    const tags = document.tags.map(({ name }) => name)
    for (const { name, operation } of operations(document)) {
      assert.isString(operation.summary, name)
      assert.include(tags, operation.tags[0], name)
    }
  })

  it("asks for a token everywhere except for health and development", () => {
    const open = operations(document).filter(({ operation }) => operation.security.length === 0)
    for (const { path } of open) assert.match(path, /^\/(livez|readyz|dev\/.*)$/u)
    for (const { name, operation, path } of operations(document)) {
      if (path.startsWith("/v1/")) assert.deepStrictEqual(operation.security, [{ bearer: [] }], name)
    }
    assert.deepStrictEqual(document.components.securitySchemes["bearer"]?.type, "http")
  })

  it("names components as people do, each once", () => {
    const names = Object.keys(document.components.schemas)
    assert.includeMembers(names, ["Task", "User", "Amount", "TaskNotFound", "InvalidInput", "CloudEvent", "Problem"])
    assert.deepStrictEqual(
      names.filter((name) => /Encoded|_\d/u.test(name)),
      []
    )
    assert.notInclude(JSON.stringify(document), "x-effect")
  })

  it("tells what every answer has: the request id, and errors as problems", () => {
    for (const { name, operation, responses } of operations(document)) {
      for (const [status, response] of Object.entries(responses)) {
        if (response.$ref !== undefined) continue
        assert.property(response.headers, "x-request-id", `${name} ${status}`)
        assert.notInclude(["Success", "Error"], response.description, `${name} ${status}`)
        if (Number(status) >= 400) assert.hasAllKeys(response.content, ["application/problem+json"])
      }
      assert.deepStrictEqual(responses["500"], { $ref: "#/components/responses/InternalServerError" })
      assert.deepStrictEqual(responses["default"], { $ref: "#/components/responses/Other" })
      assert.strictEqual("413" in responses && "415" in responses, operation.requestBody !== undefined, name)
      for (const [status, header] of [
        ["401", "www-authenticate"],
        ["429", "retry-after"],
        ["503", "retry-after"],
        ["304", "etag"]
      ] as const) {
        if (status in responses) assert.property(responses[status]!.headers, header, `${name} ${status}`)
      }
    }
  })

  it("tells the media types of streams and downloads", () => {
    const types = operations(document).flatMap(({ name, responses }) =>
      Object.keys(responses["200"]?.content ?? {})
        .filter((type) => type !== "application/json")
        .map((type) => [name, type])
    )
    assert.deepStrictEqual(Object.fromEntries(types), {
      "GET /v1/billing/exports/audit-log.csv": "text/csv; charset=utf-8",
      "GET /v1/billing/exports/balances.csv": "text/csv; charset=utf-8",
      "GET /v1/billing/exports/journal.hledger": "text/plain; charset=utf-8",
      "GET /v1/events/feed": "text/event-stream"
    })
  })

  it("lets answers have new members one day, and requests none that are unknown", () => {
    const schemas = document.components.schemas as Record<string, { readonly additionalProperties?: boolean }>
    for (const name of ["NewTask", "TaskEdit", "NewUser", "UserChange", "Skip"]) {
      assert.isFalse(schemas[name]!.additionalProperties, name)
    }
    for (const name of ["Task", "User", "Amount", "TaskNotFound"]) {
      assert.isUndefined(schemas[name]!.additionalProperties, name)
    }
  })
})

it("docs/reference/openapi.json is the contract", () => {
  assert.isTrue(
    readFileSync(Snapshot.path, "utf8") === Snapshot.text(),
    "the contract has changed: if that is meant, run `npm run docs:openapi` and look at the difference"
  )
})
