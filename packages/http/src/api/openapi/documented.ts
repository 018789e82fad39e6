/**
 * The contract with its texts: for the OpenAPI document and nothing else. The contract itself has none of them, so that
 * no client carries them.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import type { JsonObject } from "./Json.ts"
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

/** The same API, as its documents are made of it; `more` changes the document further. */
export const documented = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  more: (document: JsonObject) => JsonObject = (document) => document
): HttpApi.HttpApi<Id, Groups> => {
  let told = HttpApi.make(api.identifier) as unknown as HttpApi.Top
  for (const group of Object.values((api as unknown as HttpApi.Top).groups)) told = told.add(withTexts(group))
  return told
    .annotateMerge(OpenApi.annotations({ ...info, transform: (generated) => more(transform(generated)) }))
    .annotateMerge(api.annotations) as unknown as HttpApi.HttpApi<Id, Groups>
}

/** The OpenAPI document of an API. */
export const openapi = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): OpenApi.OpenAPISpec => OpenApi.fromApi(documented(api))

/** A server of many companies: what it offers of each, under which prefix, and of itself. */
export interface Host {
  readonly company: HttpApi.Top
  readonly host: HttpApi.Top
  /** Empty where a claim of the token says which company it is. */
  readonly prefix: string
}

const pathsOf = (api: HttpApi.Top): ReadonlySet<string> => new Set(Object.keys(OpenApi.fromApi(api as never).paths))

/** One API of both, whose paths say where companies are. */
export const documentedHost = ({ company, host, prefix }: Host): HttpApi.Top => {
  const own = pathsOf(host)
  const servers = [
    {
      url: prefix.replace(/:(\w+)/u, "{$1}"),
      description: "A company of the server",
      variables: { company: { default: "popug", description: "The id of the company" } }
    }
  ]
  const whole = (HttpApi.make("popug") as unknown as HttpApi.Top)
    .addHttpApi(company as never)
    .addHttpApi(host as never)
    .annotateMerge(company.annotations) as unknown as HttpApi.Top
  return documented(whole as never, (document) => {
    if (prefix === "" || document["paths"] === undefined) return document
    const paths = Object.entries(document["paths"] as JsonObject).map(([path, item]) => [
      path,
      own.has(path) ? item : { servers, ...(item as JsonObject) }
    ])
    return { ...document, paths: Object.fromEntries(paths) }
  }) as unknown as HttpApi.Top
}
