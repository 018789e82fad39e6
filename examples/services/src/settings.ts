/**
 * The configuration of one process: what the server of one process knows too, and where the others are.
 */
import { contradictions as ofServer } from "@popug-examples/server/contradictions"
import { given, isUrl, items, Kind, List, optional, pairs } from "@popug-examples/server/kinds"
import { reader, type SettingsOf } from "@popug-examples/server/reading"
import * as server from "@popug-examples/server/settings"
import { type ContextName, contexts } from "@popug/http/api"
import * as Schema from "effect/Schema"

/** What a process can be. */
export const parts = [...contexts, "front"] as const
export type PartName = (typeof parts)[number]

const isHttp = (text: string) => isUrl(text, "http:", "https:")
const Addresses = List("URLs that begin with http:// or https://", isHttp)
const words = "32 characters or more, visible ones without commas, best random ones"
const isKey = (text: string) => /^[!-+\--~]{32,500}$/u.test(text)

const whereOf = (context: ContextName, port: number) =>
  given(Addresses, `http://127.0.0.1:${port}`, `Where ${context} is; several processes of it with commas between them`)

/** The sections of `--help`, in order. */
export const sections = {
  "What this process is": {
    POPUG_SERVICE: {
      schema: Schema.Literals(parts),
      help: "One of the four contexts, or the address in front of them"
    }
  },
  "Where it listens": server.sections["Where it listens"],
  "Where the others are": {
    POPUG_USERS_URL: whereOf("users", 3001),
    POPUG_TASKS_URL: whereOf("tasks", 3002),
    POPUG_BILLING_URL: whereOf("billing", 3003),
    POPUG_REPORTS_URL: whereOf("reports", 3004),
    POPUG_KEY: optional(Kind(words, isKey), `The key that it shows the other contexts: ${words}`),
    POPUG_KEYS: optional(
      List("pairs such as tasks=KEY", (text) => {
        const [[name, key]] = pairs(text) as [readonly [string, string]]
        return contexts.some((context) => context === name) && isKey(key)
      }),
      "The keys of those whom it answers, such as tasks=KEY,billing=KEY; two of one while its key is changed"
    ),
    POPUG_NATS_URL: optional(
      List("URLs that begin with nats:// or tls://", (text) => isUrl(text, "nats:", "tls:")),
      "A NATS with JetStream, or servers of its cluster; without it contexts ask each other for news"
    )
  },
  "Where data is kept": server.sections["Where data is kept"],
  "The company": server.sections["The company"],
  "Who is let in (one of the two)": server.sections["Who is let in (one of the two)"],
  "Who is told": server.sections["Who is told"],
  Limits: server.sections.Limits,
  "What you see": server.sections["What you see"]
} as const

/** What a process runs with. */
export type Settings = SettingsOf<typeof sections>

const contradictions = (settings: Settings): ReadonlyArray<string> => {
  if (settings.POPUG_SERVICE === "front") {
    // It has no store, and draws nothing.
    return ofServer({ ...settings, DATABASE_URL: undefined! })
  }
  const wrong = [...ofServer(settings)]
  if (settings.POPUG_SERVICE !== "users" && settings.POPUG_KEY === undefined) {
    wrong.push("POPUG_KEY: needed to ask the other contexts")
  }
  if (settings.POPUG_SERVICE !== "reports" && settings.POPUG_KEYS === undefined) {
    wrong.push("POPUG_KEYS: needed, or it would answer none of the others")
  }
  return wrong
}

/** The settings of an environment, or everything that is wrong with it. */
export const read = reader(sections, contradictions)

/** Where each context is. */
export const addresses = (settings: Settings): Readonly<Record<ContextName, ReadonlyArray<string>>> => ({
  users: items(settings.POPUG_USERS_URL),
  tasks: items(settings.POPUG_TASKS_URL),
  billing: items(settings.POPUG_BILLING_URL),
  reports: items(settings.POPUG_REPORTS_URL)
})
