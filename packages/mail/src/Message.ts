/**
 * A mail as it goes out: addresses, headers that stay the same when it is sent again, and its bytes.
 */
import { hash } from "node:crypto"
import type { Report } from "@popug/core"
import { createTransport, type SendMailOptions } from "nodemailer"
import type { Mailbox } from "./Options.ts"
import type { Rendered } from "./render.ts"
import { displayName, token } from "./text.ts"

export interface Attachment {
  readonly filename: string
  readonly contentType: string
  readonly content: Buffer
}

export interface Message extends Rendered {
  /** The notice's id. */
  readonly id: string
  readonly messageId: string
  readonly from: Mailbox
  readonly to: ReadonlyArray<Mailbox>
  /** Epoch milliseconds, UTC. */
  readonly date: number
  readonly attachments: ReadonlyArray<Attachment>
}

/** The `Message-ID` of a notice: the same whenever and however it is sent, so that a second mail is known as one. */
export const messageId = (company: string, notice: Report.Notice): string =>
  `<${token(notice.id)}@${token(company)}.popug>`

const mailboxOf = ({ address, name }: Mailbox) => ({ address, name: displayName(name) })

/** The mail as nodemailer takes it: no header, boundary or date is left to chance. */
export const compose = (message: Message): SendMailOptions => ({
  from: mailboxOf(message.from),
  to: message.to.map(mailboxOf),
  subject: message.subject,
  text: message.text,
  html: message.html,
  attachments: message.attachments.map((attachment) => ({ ...attachment })),
  messageId: message.messageId,
  date: new Date(message.date),
  // Nobody's out-of-office answers; the second is what Exchange listens to.
  headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
  xMailer: false,
  // Of the content: the same mail is the same bytes, and no text can be written to end its own part.
  baseBoundary: hash("sha256", JSON.stringify([message.messageId, message.text, message.html]), "hex").slice(0, 32),
  disableFileAccess: true,
  disableUrlAccess: true
})

const bytes = createTransport({ streamTransport: true, buffer: true, newline: "windows" })

/** How many bytes a line may have (RFC 5322), without its end. */
const longestLine = 998

/**
 * A text as a part of a file: as it is, so that whoever reads the file reads the text, whatever its language. Undefined
 * where a line is too long for that.
 */
const asItIs = (type: string, text: string): Buffer | undefined => {
  const lines = text.replaceAll("\r\n", "\n").split("\n")
  if (lines.some((line) => Buffer.byteLength(line) > longestLine)) return undefined
  const head = [`Content-Type: ${type}; charset=utf-8`, "Content-Transfer-Encoding: 8bit", ""]
  return Buffer.from([...head, ...lines].join("\r\n"), "utf8")
}

/** The mail as a file that mail readers open (RFC 5322). */
export const toEml = async (message: Message): Promise<Buffer> => {
  const text = asItIs("text/plain", message.text)
  const html = asItIs("text/html", message.html)
  const readable = {
    ...compose(message),
    ...(text === undefined ? {} : { text: { raw: text } }),
    ...(html === undefined ? {} : { html: { raw: html } })
  }
  return (await bytes.sendMail(readable)).message as Buffer
}
