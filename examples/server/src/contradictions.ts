/**
 * What is wrong with settings that are right by themselves.
 */
import { Catalog } from "@popug/core"
import * as Result from "effect/Result"
import { databasesOf, main, type ServerSettings, type Settings, versionsOf } from "./settings.ts"

/** What settings of one company have against each other. */
export const contradictions = (settings: Settings): ReadonlyArray<string> => [...ofLogin(settings), ...ofAll(settings)]

/** The same of the server; `isSet` tells which were set. */
export const ofServer = (settings: ServerSettings, isSet: (name: string) => boolean): ReadonlyArray<string> => [
  ...contradictions(settings),
  ...(settings.POPUG_COMPANIES === "off" ? withoutMany(isSet) : withMany(settings, isSet))
]

const ofLogin = (settings: Settings): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  const oidc = settings.POPUG_OIDC_ISSUER !== undefined
  if (!oidc && !settings.POPUG_DEV_LOGIN) {
    wrong.push(
      "nobody could log in: set POPUG_OIDC_ISSUER and POPUG_OIDC_AUDIENCE, or POPUG_DEV_LOGIN=true for development"
    )
  }
  if (oidc && settings.POPUG_DEV_LOGIN) wrong.push("POPUG_DEV_LOGIN: not together with POPUG_OIDC_ISSUER")
  if (oidc && settings.POPUG_OIDC_AUDIENCE === undefined) wrong.push("POPUG_OIDC_AUDIENCE: needed with an issuer")
  const versions = Catalog.writing(versionsOf(settings))
  if (Result.isFailure(versions)) wrong.push(`POPUG_EVENT_VERSIONS: ${versions.failure.message}`)
  const page = settings.POPUG_OIDC_CLIENT_ID
  if (page !== undefined && !oidc) wrong.push("POPUG_OIDC_CLIENT_ID: needs POPUG_OIDC_ISSUER")
  if (page !== undefined && page === settings.POPUG_OIDC_AUDIENCE) {
    wrong.push("POPUG_OIDC_CLIENT_ID: not the same as POPUG_OIDC_AUDIENCE, or what is said to the page lets one in")
  }
  if ((settings.POPUG_OIDC_ROLES_CLAIM === undefined) !== (settings.POPUG_OIDC_ROLES === undefined)) {
    wrong.push("POPUG_OIDC_ROLES_CLAIM and POPUG_OIDC_ROLES: either needs the other")
  }
  return wrong
}

const ofAll = (settings: Settings): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  const oidc = settings.POPUG_OIDC_ISSUER !== undefined
  if (settings.POPUG_ADMIN_SUBJECT !== undefined && (settings.POPUG_ADMIN === undefined || !oidc)) {
    wrong.push("POPUG_ADMIN_SUBJECT: needs POPUG_ADMIN and POPUG_OIDC_ISSUER")
  }
  if (settings.POPUG_DEV_CLOCK && !settings.POPUG_DEV_LOGIN) wrong.push("POPUG_DEV_CLOCK: needs POPUG_DEV_LOGIN=true")
  if (settings.POPUG_DEMO && !settings.POPUG_DEV_LOGIN) wrong.push("POPUG_DEMO: needs POPUG_DEV_LOGIN=true")
  if (settings.DATABASE_URL !== undefined && settings.POPUG_SECRET === undefined && !settings.POPUG_DEV_LOGIN) {
    wrong.push("POPUG_SECRET: needed with DATABASE_URL, the same on every node")
  }
  if (settings.POPUG_MAIL === "smtp" && settings.POPUG_SMTP_URL === undefined) {
    wrong.push("POPUG_SMTP_URL: needed with POPUG_MAIL=smtp")
  }
  return wrong
}

/** What a company is given when it is opened, or has no place on a server of many. */
const ofOne = [
  "POPUG_COMPANY",
  "POPUG_TIME_ZONE",
  "POPUG_CUTOFF",
  "POPUG_CURRENCY",
  "POPUG_CLOSING",
  "POPUG_LONGEST_JUMP",
  "POPUG_ADMIN",
  "POPUG_ADMIN_SUBJECT",
  "POPUG_DEMO"
]

const ofMany = [
  "POPUG_DATABASES",
  "POPUG_DEFAULT_DATABASE",
  "POPUG_OIDC_COMPANY_CLAIM",
  "POPUG_PLATFORM_TOKEN",
  "POPUG_PLATFORM_TOKEN_SHA256",
  "POPUG_RATE_LIMIT_COMPANY",
  "POPUG_FEEDS_COMPANY",
  "POPUG_COMPANIES_READY",
  "POPUG_METRICS_COMPANIES"
]

const withoutMany = (isSet: (name: string) => boolean): ReadonlyArray<string> =>
  ofMany.filter(isSet).map((name) => `${name}: needs POPUG_COMPANIES`)

/** Where reports, audit logs and payouts of one company must not come to another's people. */
const addressed = ["POPUG_MAIL_MANAGEMENT", "POPUG_MAIL_ACCOUNTANTS", "POPUG_MAIL_DOMAIN"] as const

const withMany = (settings: ServerSettings, isSet: (name: string) => boolean): ReadonlyArray<string> => {
  const many = `POPUG_COMPANIES=${settings.POPUG_COMPANIES}`
  const wrong = ofOne
    .filter(isSet)
    .map((name) => `${name}: not with ${many}, where each company has its own since it was opened`)
  const byClaim = settings.POPUG_COMPANIES === "claim"
  const claim = settings.POPUG_OIDC_COMPANY_CLAIM
  if (byClaim && claim === undefined) wrong.push(`POPUG_OIDC_COMPANY_CLAIM: needed with ${many}`)
  if (!byClaim && claim !== undefined) wrong.push("POPUG_OIDC_COMPANY_CLAIM: needs POPUG_COMPANIES=claim")
  if (byClaim && settings.POPUG_DEV_LOGIN) wrong.push(`POPUG_DEV_LOGIN: not with ${many}, its tokens have no claims`)
  if (!byClaim && settings.POPUG_OIDC_PROVISION) {
    wrong.push(`POPUG_OIDC_PROVISION: not with ${many}, whoever has a token could become a user of any company`)
  }
  if (!byClaim && settings.POPUG_OIDC_ROLES_CLAIM !== undefined) {
    wrong.push(`POPUG_OIDC_ROLES_CLAIM: not with ${many}, a token would say the same roles in every company`)
  }
  wrong.push(...ofDatabases(settings))
  if (settings.POPUG_PLATFORM_TOKEN !== undefined && settings.POPUG_PLATFORM_TOKEN_SHA256 !== undefined) {
    wrong.push("POPUG_PLATFORM_TOKEN and POPUG_PLATFORM_TOKEN_SHA256: one of the two")
  }
  if (settings.POPUG_MAIL === "smtp") {
    for (const name of addressed) {
      if (!settings[name].includes("{company}")) {
        wrong.push(`${name}: needs {company} in it with ${many}, or one company's mail would come to another's people`)
      }
    }
  }
  return wrong
}

/** What is wrong with the databases of companies: a company that moved from one to itself would have left both. */
const ofDatabases = (settings: ServerSettings): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  const names = new Set<string>()
  const places = new Map<string, string>()
  for (const { address, name } of databasesOf(settings)) {
    if (names.has(name)) {
      const why = name === main ? "main is the database of DATABASE_URL or the data folder" : `${name} comes twice`
      wrong.push(`POPUG_DATABASES: ${why}`)
    }
    names.add(name)
    if (address === "pglite") continue
    const { hostname, pathname, port } = new URL(address)
    const place = `${hostname}:${port || "5432"}${pathname}`
    const other = places.get(place)
    if (other !== undefined) wrong.push(`POPUG_DATABASES: ${other} and ${name} are the same database`)
    places.set(place, name)
  }
  if (!names.has(settings.POPUG_DEFAULT_DATABASE)) {
    wrong.push(`POPUG_DEFAULT_DATABASE: must be one of ${[...names].join(", ")}`)
  }
  return wrong
}
