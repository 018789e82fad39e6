/**
 * The contract with its texts: for the OpenAPI document and nothing else. The contract itself has none of them, so that
 * no client carries them.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { groups, info, type Text } from "./operations.ts"
import { transform } from "./transform.ts"

type Texts = Readonly<Record<string, { readonly endpoints: Readonly<Record<string, Text>> }>>

/** A group that is not of popug has no texts here. */
const withTexts = (group: HttpApiGroup.Top): HttpApiGroup.Top => {
  const texts = (groups as Texts)[group.identifier]
  if (texts === undefined) return group
  const { endpoints, ...about } = texts
  let told = HttpApiGroup.make(group.identifier) as unknown as HttpApiGroup.Top
  for (const endpoint of Object.values(group.endpoints)) {
    const { description, summary } = endpoints[endpoint.identifier]!
    const text = { summary, ...(description === undefined ? {} : { description }) }
    told = told.add(endpoint.annotateMerge(OpenApi.annotations(text)))
  }
  return told.annotateMerge(group.annotations).annotateMerge(OpenApi.annotations(about))
}

/** The same API, as its documents are made of it. */
export const documented = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): HttpApi.HttpApi<Id, Groups> => {
  let told = HttpApi.make(api.identifier) as unknown as HttpApi.Top
  for (const group of Object.values((api as unknown as HttpApi.Top).groups)) told = told.add(withTexts(group))
  return told
    .annotateMerge(OpenApi.annotations({ ...info, transform }))
    .annotateMerge(api.annotations) as unknown as HttpApi.HttpApi<Id, Groups>
}

/** The OpenAPI document of an API. */
export const openapi = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): OpenApi.OpenAPISpec => OpenApi.fromApi(documented(api))
