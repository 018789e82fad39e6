/** Which context answers what: nothing is missing, and each serves what it answers and nothing else. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Written from "../../scripts/contexts.ts"
import { DevelopmentApi } from "../../src/api/Api.ts"
import {
  type Answering,
  answerersOf,
  answering,
  BillingApi,
  ClockDevelopment,
  contexts,
  ReportsApi,
  TasksApi,
  UsersApi,
  UsersDevelopment
} from "../../src/api/contexts.ts"

interface Listed {
  readonly group: string
  readonly endpoint: string
  readonly path: string
  readonly middleware: ReadonlyArray<string>
}

const endpointsOf = <Id extends string, Groups extends HttpApiGroup.Constraint>(api: HttpApi.HttpApi<Id, Groups>) => {
  const all: Array<Listed> = []
  HttpApi.reflect(api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint, group, middleware }) =>
      all.push({
        group: group.identifier,
        endpoint: endpoint.identifier,
        path: `${endpoint.method} ${endpoint.path}`,
        middleware: [...middleware].map(({ key }) => key)
      })
  })
  return all.sort((a, b) => (`${a.group}.${a.endpoint}` < `${b.group}.${b.endpoint}` ? -1 : 1))
}

const whole = endpointsOf(DevelopmentApi)
const table = answering as Readonly<Record<string, Readonly<Record<string, Answering>>>>

describe("the table of who answers", () => {
  it("has every endpoint of the contract, and no other", () => {
    const listed = Object.entries(table).flatMap(([group, endpoints]) =>
      Object.keys(endpoints).map((endpoint) => `${group}.${endpoint}`)
    )
    assert.deepStrictEqual(
      listed.sort(),
      whole.map(({ endpoint, group }) => `${group}.${endpoint}`)
    )
  })

  it.each([
    ["users", UsersApi.addHttpApi(UsersDevelopment)],
    ["tasks", TasksApi.addHttpApi(ClockDevelopment)],
    ["billing", BillingApi.addHttpApi(ClockDevelopment)],
    ["reports", ReportsApi.addHttpApi(ClockDevelopment)]
  ] as const)("is what %s serves, with all that stands around it in the whole", (context, api) => {
    assert.deepStrictEqual(
      endpointsOf(api as typeof DevelopmentApi),
      whole.filter(({ endpoint, group }) => answerersOf(table[group]![endpoint]!).includes(context))
    )
  })

  it("is docs/reference/contexts.md (if not: `npm run docs:contexts`)", () => {
    assert.strictEqual(readFileSync(Written.path, "utf8"), Written.text())
  })

  it("leaves no context without something to answer", () => {
    for (const context of contexts) {
      assert.isTrue(Object.values(table).some((endpoints) => Object.values(endpoints).includes(context)))
    }
  })
})
