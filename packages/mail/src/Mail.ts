/**
 * The `Notifier` port as mail: management's report of the day, the sealed audit log, and a message to each popug who
 * was paid.
 */
import { AuditTrail, type BillingStore, type Company, type InvalidInput, type Notifier } from "@popug/core"
import * as Layer from "effect/Layer"
import * as Apart from "./Apart.ts"
import type * as Options from "./Options.ts"
import type { Settings } from "./Settings.ts"

export * as Apart from "./Apart.ts"
export type { FilesOptions, SmtpOptions } from "./Apart.ts"
export { fileName } from "./Files.ts"
export { messageId } from "./Message.ts"
export { addresses, atDomain, type Options } from "./Options.ts"
export { render, type Rendered, type Style } from "./render.ts"
export { parse, type SettingName, type Settings } from "./Settings.ts"
export type { Server } from "./Smtp.ts"

type MailLayer = Layer.Layer<Notifier, InvalidInput, BillingStore | Company>

/** With the audit log from the books of this process. */
const overBooks = (layer: ReturnType<typeof Apart.layer>): MailLayer => Layer.provide(layer, AuditTrail.layer)

/**
 * Sends by SMTP. A mail is on its way once the server has taken it for all recipients; one who is refused is an error
 * that names them, and the next try writes to them alone. Errors never hold the password.
 */
export const layerSmtp = (options: Apart.SmtpOptions): MailLayer => overBooks(Apart.layerSmtp(options))

/**
 * Writes each notice as a file that mail readers open, `report.2026-11-21.eml`. A file is there whole or not at all;
 * the same notice again replaces it.
 */
export const layerFiles = (options: Apart.FilesOptions): MailLayer => overBooks(Apart.layerFiles(options))

/** Sends nothing, and says in the log what would have been sent to whom; the audit log is read all the same. */
export const layerLog = (options: Options.Options): MailLayer => overBooks(Apart.layerLog(options))

/** The layer that settings ask for: SMTP where there is a server, files where there is a folder, otherwise the log. */
export const layer = (settings: Settings): MailLayer => overBooks(Apart.layer(settings))
