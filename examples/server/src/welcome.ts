/**
 * What a newcomer reads once the server is there.
 */
import { resolve } from "node:path"
import * as Console from "effect/Console"
import type { Welcome } from "./server.ts"

export const welcome: Welcome = (settings, url) => {
  const data = resolve(settings.POPUG_DATA_DIR)
  const store = settings.DATABASE_URL === undefined ? `PGlite in ${data}` : "Postgres, as DATABASE_URL says"
  const lines = [
    "",
    `  popug is at ${url}`,
    "",
    `  API       ${url}/docs`,
    `  data      ${store}`,
    ...(settings.POPUG_MAIL === "files" ? [`  mails     ${data}/mail`] : []),
    "",
    ...(settings.POPUG_DEV_LOGIN
      ? [
          `  Development login: whoever reaches ${settings.HOST} can act as anybody.`,
          ...(settings.POPUG_DEMO
            ? [
                "  A demonstration company works here: anna (admin), masha (manager), anton (accountant), olga (worker), ..."
              ]
            : []),
          "",
          "  To begin:",
          `    TOKEN=$(curl -s ${url}/dev/login -H 'content-type: application/json' -d '{"user":"anna"}' \\`,
          `      | sed -E 's/.*"token":"([^"]+)".*/\\1/')`,
          `    curl -s ${url}/v1/tasks -H "authorization: Bearer $TOKEN"`,
          ""
        ]
      : []),
    "  Ctrl-C ends it. What is done is kept.",
    ""
  ]
  return Console.log(lines.join("\n"))
}
