/**
 * The `Notifier` port as mail: management's report of the day, the sealed audit log, and a message to each popug who
 * was paid.
 */
import { type BillingStore, type Company, type InvalidInput, Notifier } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Files from "./Files.ts"
import * as Options from "./Options.ts"
import { type Deliver, make } from "./send.ts"
import type { Settings } from "./Settings.ts"
import * as Smtp from "./Smtp.ts"

export { fileName } from "./Files.ts"
export { messageId } from "./Message.ts"
export { addresses, atDomain, type Options } from "./Options.ts"
export { render, type Rendered, type Style } from "./render.ts"
export { parse, type SettingName, type Settings } from "./Settings.ts"
export type { Server } from "./Smtp.ts"

/** By SMTP. */
export interface SmtpOptions extends Options.Options, Smtp.Server {}

/** Into a folder. */
export interface FilesOptions extends Options.Options {
  /** Where the files are written; made if there is none. */
  readonly folder: string
}

type MailLayer = Layer.Layer<Notifier, InvalidInput, BillingStore | Company>

/**
 * Sends by SMTP. A mail is on its way once the server has taken it for all recipients; one who is refused is an error
 * that names them, and the next try writes to them alone. Errors never hold the password.
 */
export const layerSmtp = (options: SmtpOptions): MailLayer =>
  Layer.effect(
    Notifier,
    Effect.gen(function* () {
      const resolved = yield* Options.resolve(options)
      const server = yield* Effect.fromResult(Smtp.connection(options))
      return yield* make(resolved, yield* Smtp.make(server, resolved))
    })
  )

/**
 * Writes each notice as a file that mail readers open, `report.2026-11-21.eml`. A file is there whole or not at all;
 * the same notice again replaces it.
 */
export const layerFiles = (options: FilesOptions): MailLayer =>
  Layer.effect(
    Notifier,
    Effect.gen(function* () {
      const resolved = yield* Options.resolve(options)
      return yield* make(resolved, yield* Files.make(options.folder))
    })
  )

const logged: Deliver = ({ messageId, subject, to }) =>
  Effect.logInfo(`mail ${messageId} to ${to.map(({ address }) => address).join(", ")}: ${subject}`)

/** Sends nothing, and says in the log what would have been sent to whom; the audit log is read all the same. */
export const layerLog = (options: Options.Options): MailLayer =>
  Layer.effect(
    Notifier,
    Effect.flatMap(Options.resolve(options), (resolved) => make(resolved, logged))
  )

/** The layer that settings ask for: SMTP where there is a server, files where there is a folder, otherwise the log. */
export const layer = (settings: Settings): MailLayer => {
  const { folder, host, url } = settings
  if (url !== undefined || host !== undefined) return layerSmtp(settings)
  return folder === undefined ? layerLog(settings) : layerFiles({ ...settings, folder })
}
