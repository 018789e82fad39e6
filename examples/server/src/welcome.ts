/**
 * What a newcomer reads while the server starts, and once it is there.
 */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import * as Console from "effect/Console"
import type { Welcome } from "./server.ts"

/** What is said at once: what comes next takes a while the first time. */
const starting: Welcome["starting"] = (settings) => {
  const data = resolve(settings.POPUG_DATA_DIR)
  const store = settings.DATABASE_URL === undefined ? data : "the database of DATABASE_URL"
  const isNew = settings.DATABASE_URL === undefined && !existsSync(join(data, "company"))
  const demo = settings.POPUG_DEMO ? " with some people, tasks and days behind it" : ""
  return Console.log(
    isNew
      ? `\n  popug makes a company${demo} in ${data}: this takes about ten seconds, once ...`
      : `\n  popug opens the company in ${store} ...`
  )
}

const listening: Welcome["listening"] = (settings, url) => {
  const data = resolve(settings.POPUG_DATA_DIR)
  const store = settings.DATABASE_URL === undefined ? `PGlite in ${data}` : "Postgres, as DATABASE_URL says"
  const lines = [
    "",
    `  popug is at ${url}`,
    ...(settings.POPUG_DEV_LOGIN ? ["  Open it in a browser, and choose who you want to be."] : []),
    "",
    ...(settings.POPUG_DEMO
      ? ["  people    anna (admin), masha (manager), anton (accountant), olga (worker), ...: a demonstration company"]
      : []),
    `  API       ${url}/docs`,
    `  data      ${store}`,
    ...(settings.POPUG_MAIL === "files" ? [`  mails     ${data}/mail`] : []),
    "",
    ...(settings.POPUG_DEV_LOGIN
      ? [
          `  Development login: whoever reaches ${settings.HOST} can act as anybody. Without a browser:`,
          `    TOKEN=$(curl -s ${url}/dev/login -H 'content-type: application/json' -d '{"user":"anna"}' \\`,
          `      | sed -E 's/.*"token":"([^"]+)".*/\\1/')`,
          `    curl -s ${url}/v1/tasks -H "authorization: Bearer $TOKEN"`,
          ""
        ]
      : []),
    "  Ctrl-C ends it. What is done is kept.",
    ...(settings.DATABASE_URL === undefined
      ? [`  To start over with a new company: end it, delete ${data}, and start it again.`]
      : []),
    ""
  ]
  return Console.log(lines.join("\n"))
}

export const welcome: Welcome = { starting, listening }
