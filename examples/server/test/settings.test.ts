/**
 * Every variable: its default, what it takes, and what is said of what it does not take.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { help } from "../src/help.ts"
import { read } from "../src/read.ts"
import { sections } from "../src/settings.ts"
import { root } from "./support/server.ts"

const login = { POPUG_DEV_LOGIN: "true" }
const oidc = { POPUG_OIDC_ISSUER: "https://id.example", POPUG_OIDC_AUDIENCE: "popug" }
const settingsOf = (environment: Record<string, string>) =>
  Result.getOrThrow(read(environment)) as Record<string, unknown>
const problemsOf = (environment: Record<string, string>): ReadonlyArray<string> =>
  Result.match(read(environment), { onFailure: (problems) => problems, onSuccess: () => [] })

const many = { ...login, POPUG_COMPANIES: "path" }
const byClaim = { POPUG_COMPANIES: "claim", POPUG_OIDC_COMPANY_CLAIM: "org" }

/** For each variable: its default as the server sees it, what else it takes, and what it refuses. */
const cases: Record<string, readonly [fallback: unknown, good: ReadonlyArray<string>, bad: ReadonlyArray<string>]> = {
  HOST: ["0.0.0.0", ["::1", "popug.internal"], []],
  PORT: [3000, ["0", "65535"], ["65536", "-1", "http", "80.5"]],
  POPUG_TRUSTED_PROXIES: [0, ["2"], ["-1", "one"]],
  POPUG_CORS_ORIGINS: [
    undefined,
    ["https://a.example", "https://a.example, http://localhost:5173"],
    ["*", "a.example", "https://a.example/", "https://a.example,"]
  ],
  POPUG_HSTS: [false, ["true"], ["yes", "1"]],
  DATABASE_URL: [undefined, ["postgres://u:p@db:5432/x", "postgresql://db/x"], ["mysql://db", "db:5432"]],
  POPUG_DATA_DIR: ["data", ["/var/lib/popug"], []],
  POPUG_DATABASE_SCHEMA: ["popug", ["birds_2"], ["Popug", "a-b", "a".repeat(60), `a"; drop`]],
  POPUG_DATABASE_CONNECTIONS: [10, ["2", "50"], ["1", "many"]],
  POPUG_MIGRATE: [true, ["false"], ["no"]],
  POPUG_NATS_URL: [
    undefined,
    ["nats://nats:4222", "nats://a:4222, tls://b"],
    ["nats.example:4222", "http://nats", "nats://a,"]
  ],
  POPUG_COMPANY: ["popug", ["acme-2"], ["Acme", "a b", "-a"]],
  POPUG_TIME_ZONE: ["UTC", ["Europe/Prague"], ["Mars/Olympus", "+25:00"]],
  POPUG_CUTOFF: ["00:00", ["04:30"], ["24:00", "4am"]],
  POPUG_CURRENCY: ["USD", ["EUR", "JPY"], ["usd", "Dollars"]],
  POPUG_LOCALE: ["en-US", ["de-DE"], ["e", "_"]],
  POPUG_CLOSING: ["automatic", ["by-hand"], ["never"]],
  POPUG_LONGEST_JUMP: [31, ["1"], ["0", "-3"]],
  POPUG_SECRET: [undefined, ["sixteen-of-these"], ["fifteen-of-them"]],
  POPUG_TASKS_A_DAY: [1_000, ["0", "50"], ["-1", "many"]],
  POPUG_COMMANDS_DAYS: [30, ["2"], ["1", "month"]],
  POPUG_EVENT_VERSIONS: [
    undefined,
    ["task.updated=1", "task.updated=2, user.created=1"],
    ["task.updated", "task.updated=one", "task.updated=0", "Task=1", "task.updated=1,"]
  ],
  POPUG_ADMIN: [undefined, ["ann"], ["a\u0007b", " "]],
  POPUG_ADMIN_SUBJECT: [undefined, ["auth0|62f1"], []],
  POPUG_OIDC_ISSUER: [
    undefined,
    ["https://id.example", "http://localhost:8080/realm"],
    ["http://id.example", "id.example"]
  ],
  POPUG_OIDC_AUDIENCE: [undefined, ["popug"], []],
  POPUG_OIDC_JWKS_URL: [undefined, ["https://id.example/keys"], ["http://id.example/keys", "keys"]],
  POPUG_OIDC_ALGORITHMS: ["RS256,ES256,EdDSA", ["PS512", "RS256, ES384"], ["HS256", "none", "RS256,"]],
  POPUG_OIDC_TYPES: ["JWT,at+jwt", ["at+jwt"], ["logout+jwt", "JWT,"]],
  POPUG_OIDC_CLAIM: ["sub", ["popug_id"], []],
  POPUG_OIDC_IDENTITIES_ONLY: [false, ["true"], ["maybe"]],
  POPUG_OIDC_PROVISION: [false, ["true"], ["maybe"]],
  POPUG_OIDC_NAME_CLAIM: ["name", ["preferred_username"], []],
  POPUG_OIDC_ROLES_CLAIM: [undefined, ["groups"], []],
  POPUG_OIDC_ROLES: [undefined, ["leads=manager", "Team Leads=manager, finance=accountant"], ["leads", "leads=Boss"]],
  POPUG_OIDC_ROLES_OTHERWISE: ["worker", ["guest,worker"], ["Worker", ","]],
  POPUG_OIDC_CLIENT_ID: [undefined, ["popug-page"], []],
  POPUG_OIDC_SCOPE: ["openid profile", ["openid", "openid offline_access"], ["profile", "openid,profile"]],
  POPUG_OIDC_PARAMETERS: [
    undefined,
    ["audience=popug", "resource=https://popug.example/?a=b, audience=popug"],
    ["popug", "audience=", "Audience=popug", "audience=popug,"]
  ],
  POPUG_DEV_LOGIN: [false, ["true"], ["maybe"]],
  POPUG_DEV_CLOCK: [false, ["true"], ["maybe"]],
  POPUG_DEMO: [false, ["true"], ["maybe"]],
  POPUG_MAIL: ["files", ["log", "smtp"], ["pigeon"]],
  POPUG_SMTP_URL: [undefined, ["smtp://mail:25", "smtps://u:p@mail"], ["http://mail", "smtp://u@mail", "mail:25"]],
  POPUG_MAIL_FROM: ["popug@localhost", ["Popug <popug@a.example>"], ["popug", "a@b@c"]],
  POPUG_MAIL_MANAGEMENT: ["management@localhost", ["a@a.example, b@a.example"], ["a", "a@a.example, b"]],
  POPUG_MAIL_ACCOUNTANTS: ["accountants@localhost", ["a@a.example"], ["@"]],
  POPUG_MAIL_DOMAIN: ["localhost", ["a.example"], ["a b", "-"]],
  POPUG_RATE_LIMIT: [600, ["0"], ["-1", "none"]],
  POPUG_RATE_LIMIT_ADDRESS: [1200, ["0"], ["1.5"]],
  POPUG_FEEDS: [20, ["1"], ["1.5"]],
  POPUG_FEEDS_ADDRESS: [1000, ["1"], ["1.5"]],
  POPUG_FEEDS_TOTAL: [8000, ["1"], ["1.5"]],
  POPUG_BODY_LIMIT: [1_048_576, ["1000"], ["0", "1MB"]],
  POPUG_DRAIN_DELAY_SECONDS: [0, ["5"], ["-1"]],
  POPUG_DRAIN_SECONDS: [10, ["0"], ["-1", "1s"]],
  POPUG_COMPANIES: ["off", [], ["many", "true"]],
  POPUG_DATABASES: [undefined, [], ["eu", "eu=mysql://db", "EU=pglite", "=pglite", "eu=pglite,", "eu="]],
  POPUG_DEFAULT_DATABASE: ["main", [], []],
  POPUG_OIDC_COMPANY_CLAIM: [undefined, [], []],
  POPUG_PLATFORM_TOKEN: [undefined, [], ["fifteen-of-them"]],
  POPUG_PLATFORM_TOKEN_SHA256: [undefined, [], ["abc", "g".repeat(64)]],
  POPUG_RATE_LIMIT_COMPANY: [30_000, [], ["-1", "many"]],
  POPUG_FEEDS_COMPANY: [1_000, [], ["-1"]],
  POPUG_COMPANIES_READY: [2_000, [], ["0"]],
  POPUG_METRICS_COMPANIES: [0, [], ["101", "all"]],
  POPUG_LOG_FORMAT: ["json", ["pretty"], ["xml"]],
  POPUG_LOG_LEVEL: ["Info", ["Debug"], ["debug", "Loud"]],
  POPUG_METRICS: [true, ["false"], ["off"]],
  OTEL_EXPORTER_OTLP_ENDPOINT: [undefined, ["http://otel:4318"], ["otel:4318"]],
  OTEL_SERVICE_NAME: ["popug", ["birds"], []]
}
const variables = Object.entries(sections).flatMap(([section, of]) =>
  Object.entries(of as Record<string, { readonly fallback?: string; readonly help: string }>).map(
    ([name, { fallback, help }]) => ({ section, name, fallback, help })
  )
)

/** What a variable can't be without. */
const besides = (name: string): Record<string, string> =>
  name.startsWith("POPUG_OIDC_") || name === "POPUG_ADMIN_SUBJECT"
    ? { ...oidc, POPUG_ADMIN: "ann", POPUG_OIDC_ROLES_CLAIM: "groups", POPUG_OIDC_ROLES: "leads=manager" }
    : { ...login, POPUG_SMTP_URL: "smtp://mail", POPUG_SECRET: "secret-of-all-draws" }

describe("the settings", () => {
  it("are all looked at here", () => {
    expect(Object.keys(cases)).toEqual(variables.map(({ name }) => name))
  })

  it.each(Object.entries(cases))(
    "%s has its default, takes what is right and says what is wrong",
    (name, [fallback, good, bad]) => {
      const others = name === "POPUG_DEV_LOGIN" ? oidc : login
      expect(settingsOf(others)[name]).toEqual(fallback)
      // Compose files pass on variables that nobody has set.
      expect(settingsOf({ ...others, [name]: "" })[name]).toEqual(fallback)
      for (const value of good) expect(problemsOf({ ...besides(name), [name]: value }), value).toEqual([])
      for (const value of bad) {
        const problems = problemsOf({ ...besides(name), [name]: value })
        expect(problems, value).toEqual([expect.stringMatching(new RegExp(`^${name}: Expected `))])
      }
    }
  )

  it("are numbers and truths, not text", () => {
    expect(settingsOf({ ...login, PORT: "8080", POPUG_HSTS: "true" })).toMatchObject({ PORT: 8080, POPUG_HSTS: true })
  })

  it("are checked all at once, and what is misspelt is named", () => {
    const wrong = { PORT: "http", POPUG_CURRENCY: "dollars", POPUG_MAIL: "pigeon", POPUG_TIMEZONE: "UTC" }
    const problems = problemsOf({ ...login, ...wrong })
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "PORT",
      "POPUG_CURRENCY",
      "POPUG_MAIL",
      "POPUG_TIMEZONE"
    ])
    expect(problems[3]).toBe("POPUG_TIMEZONE: there is no such setting")
  })

  it("never repeat a secret in a problem", () => {
    const secret = { DATABASE_URL: "mysql://u:hunter2@db", POPUG_SMTP_URL: "smtp://u:hunter2@mail/?x", PORT: "x" }
    expect(problemsOf({ ...login, ...secret })).toHaveLength(3)
    expect(problemsOf({ ...login, ...secret }).join()).not.toContain("hunter2")
  })

  it.each([
    [{}, /nobody could log in: set POPUG_OIDC_ISSUER and POPUG_OIDC_AUDIENCE, or POPUG_DEV_LOGIN=true/],
    [{ ...login, ...oidc }, /POPUG_DEV_LOGIN: not together with POPUG_OIDC_ISSUER/],
    [{ POPUG_OIDC_ISSUER: "https://id.example" }, /POPUG_OIDC_AUDIENCE: needed with an issuer/],
    [{ ...login, POPUG_OIDC_CLIENT_ID: "page" }, /POPUG_OIDC_CLIENT_ID: needs POPUG_OIDC_ISSUER/],
    [{ ...oidc, POPUG_OIDC_CLIENT_ID: "popug" }, /POPUG_OIDC_CLIENT_ID: not the same as POPUG_OIDC_AUDIENCE/],
    [{ ...oidc, POPUG_DEV_CLOCK: "true" }, /POPUG_DEV_CLOCK: needs POPUG_DEV_LOGIN=true/],
    [{ ...oidc, POPUG_DEMO: "true" }, /POPUG_DEMO: needs POPUG_DEV_LOGIN=true/],
    [{ ...oidc, DATABASE_URL: "postgres://db/x" }, /POPUG_SECRET: needed with DATABASE_URL, the same on every node/],
    [{ ...login, POPUG_EVENT_VERSIONS: "task.updated=3" }, /POPUG_EVENT_VERSIONS: .* only at 1 or 2/],
    [{ ...login, POPUG_EVENT_VERSIONS: "task.deleted=1" }, /POPUG_EVENT_VERSIONS: there is no event task.deleted/],
    [{ ...login, POPUG_MAIL: "smtp" }, /POPUG_SMTP_URL: needed with POPUG_MAIL=smtp/],
    [{ ...login, POPUG_PLATFORM_TOKEN: "sixteen-of-these" }, /POPUG_PLATFORM_TOKEN: needs POPUG_COMPANIES/],
    [
      { ...many, POPUG_CURRENCY: "EUR" },
      /POPUG_CURRENCY: not with POPUG_COMPANIES=path, where each company has its own/
    ],
    [{ ...login, POPUG_DATABASES: "eu=pglite" }, /POPUG_DATABASES: needs POPUG_COMPANIES/],
    [{ ...many, POPUG_DATABASES: "main=pglite" }, /POPUG_DATABASES: main is the database of DATABASE_URL or the data/],
    [{ ...many, POPUG_DATABASES: "eu=pglite,eu=postgres://db/eu" }, /POPUG_DATABASES: eu comes twice/],
    [
      { ...many, DATABASE_URL: "postgres://u:hunter2@db/popug", POPUG_DATABASES: "eu=postgresql://v@db:5432/popug" },
      /POPUG_DATABASES: main and eu are the same database$/
    ],
    [{ ...many, POPUG_DEFAULT_DATABASE: "eu" }, /POPUG_DEFAULT_DATABASE: must be one of main$/],
    [{ ...many, POPUG_ADMIN: "ann" }, /POPUG_ADMIN: not with POPUG_COMPANIES=path/],
    [{ ...many, POPUG_OIDC_COMPANY_CLAIM: "org" }, /POPUG_OIDC_COMPANY_CLAIM: needs POPUG_COMPANIES=claim/],
    [{ ...oidc, POPUG_COMPANIES: "claim" }, /POPUG_OIDC_COMPANY_CLAIM: needed with POPUG_COMPANIES=claim/],
    [{ ...byClaim, ...login }, /POPUG_DEV_LOGIN: not with POPUG_COMPANIES=claim, its tokens have no claims/],
    [{ ...oidc, POPUG_COMPANIES: "path", POPUG_OIDC_PROVISION: "true" }, /POPUG_OIDC_PROVISION: not with/],
    [
      { ...oidc, POPUG_COMPANIES: "path", POPUG_OIDC_ROLES_CLAIM: "groups", POPUG_OIDC_ROLES: "a=manager" },
      /POPUG_OIDC_ROLES_CLAIM: not with/
    ],
    [
      { ...many, POPUG_PLATFORM_TOKEN: "sixteen-of-these", POPUG_PLATFORM_TOKEN_SHA256: "a".repeat(64) },
      /POPUG_PLATFORM_TOKEN and POPUG_PLATFORM_TOKEN_SHA256: one of the two/
    ]
  ])("that contradict each other are refused: %j", (environment, said) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(said)])
  })

  it("of many companies are right together", () => {
    expect(settingsOf({ ...oidc, ...byClaim, POPUG_OIDC_PROVISION: "true" })).toMatchObject(byClaim)
    expect(settingsOf({ ...many, POPUG_PLATFORM_TOKEN_SHA256: "0f".repeat(32) })).toMatchObject({
      POPUG_COMPANIES: "path"
    })
    const databases = { POPUG_DATABASES: "eu=postgres://db/eu, attic=pglite", POPUG_DEFAULT_DATABASE: "eu" }
    expect(settingsOf({ ...many, ...databases })).toMatchObject(databases)
    const mail = { POPUG_MAIL: "smtp", POPUG_SMTP_URL: "smtp://mail.example" }
    expect(problemsOf({ ...many, ...mail }).map((problem) => problem.split(":")[0])).toEqual([
      "POPUG_MAIL_MANAGEMENT",
      "POPUG_MAIL_ACCOUNTANTS",
      "POPUG_MAIL_DOMAIN"
    ])
    const of = {
      POPUG_MAIL_MANAGEMENT: "boss@{company}.example",
      POPUG_MAIL_ACCOUNTANTS: "books+{company}@popug.example",
      POPUG_MAIL_DOMAIN: "{company}.example"
    }
    expect(problemsOf({ ...many, ...mail, ...of })).toEqual([])
  })

  it("are all in --help, with what they take and their defaults", () => {
    const lines = help("A server.", sections, { PORT: "8080" }).split("\n")
    const words = lines.map((line) => line.trim()).join(" ")
    for (const { fallback, help, name, section } of variables) {
      expect(lines).toContain(section)
      const at = words.indexOf(` ${name} `)
      const of = words.slice(at, at + 600)
      expect(of).toContain(help)
      const usual = name === "PORT" ? "8080" : fallback
      if (usual !== undefined) expect(of).toContain(`; default: ${usual}`)
    }
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120)
  })

  it("are the tables of docs/operating/server.md", () => {
    const page = readFileSync(join(root, "docs/operating/server.md"), "utf8")
    const rows = page.split("\n").filter((line) => /^\| `(POPUG_|OTEL_|[A-Z_]+` \|)/.test(line))
    expect(rows).toEqual(
      variables.map(({ fallback, help, name }) => {
        const usual = fallback === undefined ? "" : `\`${fallback}\``
        return `| \`${name}\` | ${usual} | ${help} |`
      })
    )
    for (const { section } of variables) expect(page).toContain(`**${section}**`)
  })
})
