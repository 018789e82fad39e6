/**
 * The same mail where the books are kept by another service: the audit log comes from an `AuditTrail`, and no store of
 * billing is needed. What each layer does is said in `Mail`.
 */
import { type AuditTrail, type Company, type InvalidInput, Notifier } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Files from "./Files.ts"
import * as Options from "./Options.ts"
import { type Deliver, make } from "./send.ts"
import type { Settings } from "./Settings.ts"
import * as Smtp from "./Smtp.ts"

/** By SMTP. */
export interface SmtpOptions extends Options.Options, Smtp.Server {}

/** Into a folder. */
export interface FilesOptions extends Options.Options {
  /** Where the files are written; made if there is none. */
  readonly folder: string
}

type MailLayer = Layer.Layer<Notifier, InvalidInput, AuditTrail | Company>

export const layerSmtp = (options: SmtpOptions): MailLayer =>
  Layer.effect(
    Notifier,
    Effect.gen(function* () {
      const resolved = yield* Options.resolve(options)
      const server = yield* Effect.fromResult(Smtp.connection(options))
      return yield* make(resolved, yield* Smtp.make(server, resolved))
    })
  )

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

export const layerLog = (options: Options.Options): MailLayer =>
  Layer.effect(
    Notifier,
    Effect.flatMap(Options.resolve(options), (resolved) => make(resolved, logged))
  )

export const layer = (settings: Settings): MailLayer => {
  const { folder, host, url } = settings
  if (url !== undefined || host !== undefined) return layerSmtp(settings)
  return folder === undefined ? layerLog(settings) : layerFiles({ ...settings, folder })
}
