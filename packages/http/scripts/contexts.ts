/**
 * `npm run docs:contexts`: writes docs/reference/contexts.md, which context answers which endpoint, from the table. A
 * test fails when they drift.
 */
import { writeFileSync } from "node:fs"
import * as HttpApi from "effect/http-api/HttpApi"
import { Api } from "../src/api/Api.ts"
import { type Answering, answering } from "../src/api/contexts.ts"

export const path = new URL("../../../docs/reference/contexts.md", import.meta.url)

const words: Readonly<Record<Answering, string>> = {
  users: "users",
  tasks: "tasks",
  billing: "billing",
  reports: "reports",
  source: "users, tasks or billing, as the query's `source` says",
  consumer: "the context whose consumer it is",
  all: "each for what is its own; put together in front",
  self: "each process for itself"
}

const head = `# Which context answers what

Where contexts run [apart](../operating/beyond-one-machine.md) each serves its part of the API, and the address in front knows
by this table whom to ask. It is \`answering\` of \`@popug/http/api\`; \`npm run docs:contexts\` writes this page from it.

| endpoint | who answers |
|---|---|
`

export const text = (): string => {
  const table = answering as Readonly<Record<string, Readonly<Record<string, Answering>>>>
  const rows: Array<string> = []
  HttpApi.reflect(Api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint, group }) => {
      const written = endpoint.path.replace(/\/$/u, "").replaceAll(/:(\w+)/gu, "{$1}")
      rows.push(`| \`${endpoint.method} ${written}\` | ${words[table[group.identifier]![endpoint.identifier]!]} |`)
    }
  })
  return `${head}${rows.join("\n")}

Of what all answer for themselves, the verification has the counts of billing, whose books they are; the verdicts on users,
tasks, billing and reports, in this order; and the first difference. If one of them can't be asked there is no answer: the
others are asked at their own addresses. The page, \`/docs\` and \`/openapi.json\` are in front.
`
}

if (import.meta.main) writeFileSync(path, text())
