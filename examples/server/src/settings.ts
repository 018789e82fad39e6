/**
 * The one place of configuration: every variable of the environment with its rule, its default and a word for `--help`.
 */
import { BusinessDay, Money, TimeZone, UserId } from "@popug/core"
import { Oidc } from "@popug/http/server"
import * as Schema from "effect/Schema"
import {
  addresses,
  Count,
  given,
  isPostgres,
  isUrl,
  Kind,
  List,
  MailSetting,
  optional,
  Parameters,
  Port,
  pairs,
  Positive,
  SecureUrl,
  Text,
  Url
} from "./kinds.ts"
import type { SettingsOf } from "./reading.ts"

/** The sections of `--help`, in order. */
export const sections = {
  "Where it listens": {
    HOST: given(Text, "0.0.0.0", "The address to listen on; 127.0.0.1 for this machine alone"),
    PORT: given(Port, "3000", "The port; 0 for any that is free"),
    POPUG_TRUSTED_PROXIES: given(Count, "0", "How many proxies before it set X-Forwarded-For"),
    POPUG_CORS_ORIGINS: optional(
      List("origins such as https://popug.example", (text) => URL.canParse(text) && new URL(text).origin === text),
      "Origins of pages that may call it, with commas between them; default: none"
    ),
    POPUG_HSTS: given(
      Schema.Boolean,
      "false",
      "Whether browsers shall insist on HTTPS: it is behind a proxy that speaks it"
    )
  },
  "Where data is kept": {
    DATABASE_URL: optional(
      Kind("a URL that begins with postgres://", isPostgres),
      "A Postgres of 15 or later; without it, PGlite in the data folder"
    ),
    POPUG_DATA_DIR: given(
      Text,
      "data",
      "The folder for PGlite, for mails as files, and for the secret of an embedded company"
    ),
    POPUG_DATABASE_SCHEMA: given(
      Kind("a lower-case name", (text) => /^[a-z_][a-z0-9_]{0,50}$/u.test(text)),
      "popug",
      "The schema of its tables in the database"
    ),
    POPUG_DATABASE_CONNECTIONS: given(
      Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1_000 })),
      "10",
      "How many connections it holds at most"
    ),
    POPUG_MIGRATE: given(
      Schema.Boolean,
      "true",
      "Whether to bring the schema up to date at start; otherwise it must be"
    )
  },
  "What carries events": {
    POPUG_NATS_URL: optional(
      List("URLs that begin with nats:// or tls://", (text) => isUrl(text, "nats:", "tls:")),
      "A NATS with JetStream, or servers of its cluster; without it the database does"
    )
  },
  "The company": {
    POPUG_COMPANY: given(
      Kind("a short lower-case id", (text) => /^[a-z0-9][a-z0-9-]{0,62}$/u.test(text)),
      "popug",
      "Its id, part of the source of every event"
    ),
    POPUG_TIME_ZONE: given(TimeZone.TimeZone, "UTC", "The IANA time zone of its business days"),
    POPUG_CUTOFF: given(BusinessDay.Cutoff, "00:00", "The time of day at which a business day ends"),
    POPUG_CURRENCY: given(Money.Currency, "USD", "The ISO 4217 code of its one currency"),
    POPUG_LOCALE: given(
      MailSetting("locale", "a language tag such as de-DE"),
      "en-US",
      "How mails write amounts and dates"
    ),
    POPUG_CLOSING: given(
      Schema.Literals(["automatic", "by-hand"]),
      "automatic",
      "Whether billing closes a day by itself, or waits to be told"
    ),
    POPUG_LONGEST_JUMP: given(Positive, "31", "How many days the clock may jump before an operator is asked"),
    POPUG_SECRET: optional(
      Kind("16 characters or more, best random ones", (text) => text.length >= 16),
      "Keys all draws: who knows it foresees assignees and prices. Needed with DATABASE_URL; otherwise, and with the development login, made and kept in the data folder"
    ),
    POPUG_TASKS_A_DAY: given(
      Count,
      "1000",
      "How many tasks a person may create in a business day, managers and admins ten times as many; 0 for no limit"
    ),
    POPUG_COMMANDS_DAYS: given(
      Count.check(Schema.isGreaterThanOrEqualTo(2)),
      "30",
      "How many days an idempotency key is remembered"
    ),
    POPUG_EVENT_VERSIONS: optional(
      List("pairs such as task.updated=1", (text) => /^[a-z.-]+=[1-9][0-9]{0,5}$/u.test(text)),
      "The versions of events to write instead of today's, until all who read them are updated"
    ),
    POPUG_ADMIN: optional(UserId, "The id of a first admin, made when nobody of that id is there"),
    POPUG_ADMIN_SUBJECT: optional(Text, "What POPUG_OIDC_ISSUER calls that admin, when it is not the id")
  },
  "Who is let in (one of the two)": {
    POPUG_OIDC_ISSUER: optional(SecureUrl, "The identity provider whose JWTs are accepted"),
    POPUG_OIDC_AUDIENCE: optional(Text, "The audience that a token must be for"),
    POPUG_OIDC_JWKS_URL: optional(SecureUrl, "Where its keys are; default: found through the issuer"),
    POPUG_OIDC_ALGORITHMS: given(
      List(`some of ${Oidc.algorithms.join(", ")}`, (text) => Oidc.algorithms.some((known) => known === text)),
      "RS256,ES256,EdDSA",
      "The signatures that are accepted"
    ),
    POPUG_OIDC_TYPES: given(
      List(`some of ${Oidc.tokenTypes.join(", ")}`, (text) => Oidc.tokenTypes.some((known) => known === text)),
      "JWT,at+jwt",
      "What a token may be by its typ; none counts as JWT"
    ),
    POPUG_OIDC_CLAIM: given(Text, "sub", "The claim that is the id of users without an external identity"),
    POPUG_OIDC_IDENTITIES_ONLY: given(
      Schema.Boolean,
      "false",
      "Whether users are found by their external identities alone"
    ),
    POPUG_OIDC_PROVISION: given(Schema.Boolean, "false", "Whether an unknown subject becomes a user at sign-in"),
    POPUG_OIDC_NAME_CLAIM: given(Text, "name", "The claim that is the name of a user made at sign-in"),
    POPUG_OIDC_ROLES_CLAIM: optional(Text, "The claim whose words become roles at sign-in; without it none do"),
    POPUG_OIDC_ROLES: optional(
      List("pairs such as leads=manager", (text) => /^[^=]+=[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/u.test(text)),
      "The roles that its words stand for, such as leads=manager,finance=accountant"
    ),
    POPUG_OIDC_ROLES_OTHERWISE: given(
      List("roles such as worker", (text) => /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/u.test(text)),
      "worker",
      "The roles of those without any of these words"
    ),
    POPUG_OIDC_CLIENT_ID: optional(
      Text,
      "What the page is called at the provider, where it is a public client; without it nobody signs in to the page"
    ),
    POPUG_OIDC_SCOPE: given(
      Kind("scopes with spaces between them, openid among them", (text) => text.split(" ").includes("openid")),
      "openid profile",
      "The scopes that the page asks for"
    ),
    POPUG_OIDC_PARAMETERS: optional(
      Parameters,
      "What the page tells the provider besides, to be given tokens for POPUG_OIDC_AUDIENCE"
    ),
    POPUG_DEV_LOGIN: given(Schema.Boolean, "false", "Anybody may be anybody: for development alone"),
    POPUG_DEV_CLOCK: given(
      Schema.Boolean,
      "false",
      "Whether POST /dev/clock lets days pass, on this node alone (with the development login)"
    ),
    POPUG_DEMO: given(
      Schema.Boolean,
      "false",
      "Whether a company without users gets some, with tasks (with the development login)"
    )
  },
  "Who is told": {
    POPUG_MAIL: given(
      Schema.Literals(["files", "smtp", "log"]),
      "files",
      "Into .eml files in the data folder, by SMTP, or into the log alone"
    ),
    POPUG_SMTP_URL: optional(
      MailSetting("url", "smtp://[user:password@]host[:port], or smtps:// for TLS from the start"),
      "The mail server, with user and password in it if it wants them"
    ),
    POPUG_MAIL_FROM: given(
      MailSetting("from", "an address such as popug@company.example"),
      "popug@localhost",
      "Who mails are from"
    ),
    POPUG_MAIL_MANAGEMENT: given(
      MailSetting("management", addresses),
      "management@localhost",
      "Who gets the daily report"
    ),
    POPUG_MAIL_ACCOUNTANTS: given(
      MailSetting("accountants", addresses),
      "accountants@localhost",
      "Who gets the sealed audit log"
    ),
    POPUG_MAIL_DOMAIN: given(
      MailSetting("domain", "a domain such as company.example"),
      "localhost",
      "A popug's address is their id, if it has no capital letters, at this domain"
    )
  },
  Limits: {
    POPUG_RATE_LIMIT: given(Count, "600", "Requests of a user in a minute, batches by what is in them; 0 for no limit"),
    POPUG_RATE_LIMIT_ADDRESS: given(Count, "1200", "Requests from an address in a minute; 0 for no limit"),
    POPUG_FEEDS: given(Count, "20", "Open feeds of events of a user"),
    POPUG_FEEDS_ADDRESS: given(Count, "1000", "Open feeds of events from an address"),
    POPUG_FEEDS_TOTAL: given(Count, "8000", "Open feeds of events of this node, which takes 10000 connections"),
    POPUG_BODY_LIMIT: given(Positive, "1048576", "The bytes that a request's body may have"),
    POPUG_DRAIN_DELAY_SECONDS: given(
      Count,
      "0",
      "How long after SIGTERM it still takes requests, not ready, while load balancers learn of it"
    ),
    POPUG_DRAIN_SECONDS: given(Count, "10", "How long requests under way may then take")
  },
  "Many companies": {
    POPUG_COMPANIES: given(
      Schema.Literals(["off", "path", "claim"]),
      "off",
      "Whether it serves many, and where a request says which: its path (/c/ID), or a claim of its token"
    ),
    POPUG_DATABASES: optional(
      List("pairs such as eu=postgres://host/popug, or eu=pglite", (text) => {
        const [[name, address]] = pairs(text) as [readonly [string, string]]
        return /^[a-z0-9][a-z0-9-]{0,62}$/u.test(name) && (address === "pglite" || isPostgres(address))
      }),
      "Databases for companies besides main, the one of DATABASE_URL or the data folder, which has the list of all"
    ),
    POPUG_DEFAULT_DATABASE: given(Text, "main", "Where companies are opened that name no database"),
    POPUG_OIDC_COMPANY_CLAIM: optional(Text, "The claim that is the id of a token's company"),
    POPUG_PLATFORM_TOKEN: optional(
      Kind("16 characters or more, best random ones", (text) => text.length >= 16),
      "The token of whoever opens companies; without it /v1/companies is not there"
    ),
    POPUG_PLATFORM_TOKEN_SHA256: optional(
      Kind("64 hexadecimal digits", (text) => /^[0-9a-f]{64}$/iu.test(text)),
      "The SHA-256 of that token, in its place"
    ),
    POPUG_RATE_LIMIT_COMPANY: given(Count, "30000", "Requests of a company in a minute, as users'; 0 for no limit"),
    POPUG_FEEDS_COMPANY: given(Count, "1000", "Open feeds of events of a company"),
    POPUG_COMPANIES_READY: given(Positive, "2000", "How many companies are ready for requests at once"),
    POPUG_METRICS_COMPANIES: given(
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
      "0",
      "How many companies, the busiest, /metrics tells by their names"
    )
  },
  "What you see": {
    POPUG_LOG_FORMAT: given(Schema.Literals(["json", "pretty"]), "json", "One JSON object a line, or text for people"),
    POPUG_LOG_LEVEL: given(Schema.Literals(["Debug", "Info", "Warn", "Error"]), "Info", "What is worth a line"),
    POPUG_METRICS: given(Schema.Boolean, "true", "Whether /metrics answers Prometheus"),
    OTEL_EXPORTER_OTLP_ENDPOINT: optional(Url, "Where traces, metrics and logs go by OTLP (HTTP, JSON)"),
    OTEL_SERVICE_NAME: given(Text, "popug", "The name they go under")
  }
} as const

/** What the server runs with, whether for one company or for many. */
export type ServerSettings = SettingsOf<typeof sections>

/** What a process of one company runs with. */
export type Settings = SettingsOf<Omit<typeof sections, "Many companies">>

/** The versions of events that are written instead of today's. */
export const versionsOf = ({ POPUG_EVENT_VERSIONS: list }: Settings): Readonly<Record<string, number>> =>
  list === undefined ? {} : Object.fromEntries(pairs(list).map(([type, version]) => [type, Number(version)]))

/** The database that has the list of all companies, besides companies. */
export const main = "main"

/** A database of companies: its address, or the word for a PGlite in the data folder. */
export interface DatabaseSetting {
  readonly name: string
  readonly address: string
}

/** The databases of a server of many, the main one first. */
export const databasesOf = ({
  DATABASE_URL: url,
  POPUG_DATABASES: list
}: Pick<ServerSettings, "DATABASE_URL" | "POPUG_DATABASES">): readonly [
  DatabaseSetting,
  ...ReadonlyArray<DatabaseSetting>
] => [
  { name: main, address: url ?? "pglite" },
  ...(list === undefined ? [] : pairs(list).map(([name, address]) => ({ name, address })))
]
