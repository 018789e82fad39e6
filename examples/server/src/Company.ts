/**
 * The company that the server runs: its settings, its store, its clock and who tells people.
 */
import { join } from "node:path"
import { Catalog, CommandRetention, Company, CreationLimit, Ids, Popug, Schedule } from "@popug/core"
import { Bell } from "@popug/http/server"
import { Mail } from "@popug/mail"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { carried } from "./carrier.ts"
import { ofCompany } from "./kinds.ts"
import { type Settings, versionsOf } from "./settings.ts"

/** Where the database is; a clock that is moved must be the store's too. */
export const database = (settings: Settings) => ({
  schema: settings.POPUG_DATABASE_SCHEMA,
  clock: settings.POPUG_DEV_CLOCK ? ("effect" as const) : ("database" as const)
})
export const server = (settings: Settings, url: string) => ({
  ...database(settings),
  url: Redacted.make(url),
  maxConnections: settings.POPUG_DATABASE_CONNECTIONS,
  migrate: settings.POPUG_MIGRATE
})

/** Postgres where there is a URL, otherwise PGlite in the data folder. */
export const ports = (settings: Settings) =>
  settings.DATABASE_URL === undefined
    ? Pglite.layer({ ...database(settings), folder: join(settings.POPUG_DATA_DIR, "company") })
    : Postgres.layer(server(settings, settings.DATABASE_URL))

/** Who tells people; of one of many companies with its id in the place that the settings have for it. */
export const notifier = (settings: Settings, id?: string) => notifierBy(Mail, settings, id)

/** The same where billing is a service of its own. */
export const notifierApart = (settings: Settings) => notifierBy(Mail.Apart, settings)

const notifierBy = <L>(
  mail: { readonly [Name in keyof typeof Mail.Apart]: (...options: Parameters<(typeof Mail.Apart)[Name]>) => L },
  settings: Settings,
  id?: string
): L => {
  const of = (text: string) => (id === undefined ? text : ofCompany(text, id))
  const options = {
    from: of(settings.POPUG_MAIL_FROM),
    management: Mail.addresses(of(settings.POPUG_MAIL_MANAGEMENT))!,
    accountants: Mail.addresses(of(settings.POPUG_MAIL_ACCOUNTANTS))!,
    popug: Mail.atDomain(of(settings.POPUG_MAIL_DOMAIN)),
    locale: settings.POPUG_LOCALE
  }
  switch (settings.POPUG_MAIL) {
    case "files":
      return mail.layerFiles({ ...options, folder: join(settings.POPUG_DATA_DIR, "mail", id ?? "") })
    case "smtp":
      return mail.layerSmtp({ ...options, url: Redacted.make(settings.POPUG_SMTP_URL!) })
    case "log":
      return mail.layerLog(options)
  }
}

/** What holds for all companies alike: how many tasks one person creates in a business day, how long keys are kept. */
export const policies = (settings: Settings) =>
  Layer.mergeAll(
    creationLimit(settings),
    writing(settings),
    Layer.succeed(CommandRetention, Duration.days(settings.POPUG_COMMANDS_DAYS))
  )

/** How many tasks one person creates in a business day. */
export const creationLimit = ({ POPUG_TASKS_A_DAY: limit }: Settings) =>
  Layer.succeed(CreationLimit, ({ roles }) => {
    if (limit === 0) return null
    return roles.includes("manager") || roles.includes("admin") ? limit * 10 : limit
  })

/** The versions of events that are written. */
const writing = (settings: Settings) => Layer.orDie(Catalog.layerWriting(versionsOf(settings)))

/** The company, and the versions of events that its contexts write. */
export const company = (settings: Settings, secret: string) =>
  Company.layer({
    id: settings.POPUG_COMPANY,
    timeZone: settings.POPUG_TIME_ZONE,
    cutoff: settings.POPUG_CUTOFF,
    currency: settings.POPUG_CURRENCY,
    secret,
    closing: settings.POPUG_CLOSING,
    longestJump: settings.POPUG_LONGEST_JUMP
  }).pipe(Layer.merge(writing(settings)))

/** Has the stored company take these settings, and starts nothing. */
export const adopt = (settings: Settings, secret: string) =>
  Effect.provide(Popug.adopt, Layer.provideMerge(ports(settings), company(settings, secret)))

/** All contexts, their ports and the schedule. */
export const layer = (settings: Settings, secret: string) =>
  Schedule.layer.pipe(
    Layer.provide(Layer.succeed(CommandRetention, Duration.days(settings.POPUG_COMMANDS_DAYS))),
    Layer.provideMerge(Popug.layer),
    Layer.provide([notifier(settings), creationLimit(settings)]),
    Layer.provideMerge(Bell.layerBus),
    Layer.provideMerge(carried(settings, ports(settings))),
    Layer.provideMerge(company(settings, secret)),
    Layer.provide(Ids.layer)
  )
