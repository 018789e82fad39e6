/**
 * A mail as it goes out: addresses, headers that stay the same when it is sent again, and its bytes.
 */
import { hash } from "node:crypto"
import type { Report } from "@popug/core"
import { createTransport, type SendMailOptions } from "nodemailer"
import type { Mailbox } from "./Options.ts"
import type { Rendered } from "./render.ts"
import { short, token } from "./text.ts"

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

const mailboxOf = ({ address, name }: Mailbox) => ({ address, name: short(name, 200) })

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

/** The mail as a file that mail readers open (RFC 5322). */
export const toEml = async (message: Message): Promise<Buffer> =>
  (await bytes.sendMail(compose(message))).message as Buffer
