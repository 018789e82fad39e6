/**
 * Which methods a path takes: the router knows a request's own method alone, and calls everything else not found.
 */
import * as FindMyWay from "effect/http/FindMyWay"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"

/** The methods that a path (with or without a query) takes, as `Allow` lists them; undefined if there is no such path. */
export type Allow = (url: string) => string | undefined

/** Of an API, and of other paths that are read with GET. */
export const make = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  pages: ReadonlyArray<`/${string}`> = []
): Allow => {
  const router = FindMyWay.make<true>()
  const methods = new Set<string>()
  const paths = new Set<string>()
  const add = (method: string, path: FindMyWay.PathInput) => {
    if (paths.has(`${method} ${path}`)) return
    paths.add(`${method} ${path}`)
    methods.add(method)
    router.on(method, path, true)
  }
  HttpApi.reflect(api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint }) => add(endpoint.method, endpoint.path as FindMyWay.PathInput)
  })
  for (const page of pages) add("GET", page)
  return (url) => {
    const taken = [...methods].filter((method) => router.find(method, url) !== undefined)
    if (taken.includes("GET")) taken.push("HEAD")
    return taken.length === 0 ? undefined : taken.sort().join(", ")
  }
}
