/** A mail server on a port of its own, and what arrived there. */
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import { type ParsedMail, simpleParser } from "mailparser"
import { SMTPServer, type SMTPServerOptions } from "smtp-server"

export interface Arrived {
  readonly mail: ParsedMail
  /** Whom the server was told to give it to. */
  readonly recipients: ReadonlyArray<string>
  readonly secure: boolean
  readonly user: string | undefined
}

const refusal = () => Object.assign(new Error("no such mailbox"), { responseCode: 550 })

/** Takes every mail, except for recipients that are refused; gone with the scope. */
export const server = (options: SMTPServerOptions & { readonly refused?: Set<string> } = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const arrived: Array<Arrived> = []
      let most = 0
      let connected = 0
      const smtp = new SMTPServer({
        disabledCommands: ["AUTH", "STARTTLS"],
        disableReverseLookup: true,
        closeTimeout: 100,
        onConnect: (_session, done) => {
          most = Math.max(most, ++connected)
          done()
        },
        onClose: (_session, done: unknown) => {
          connected -= 1
          if (typeof done === "function") done()
        },
        onRcptTo: ({ address }, _session, done) => done(options.refused?.has(address) === true ? refusal() : null),
        onData: (stream, session, done) => {
          const chunks: Array<Buffer> = []
          stream.on("data", (chunk: Buffer) => chunks.push(chunk))
          stream.on("end", () => {
            void simpleParser(Buffer.concat(chunks)).then((mail) => {
              const recipients = session.envelope.rcptTo.map(({ address }) => address)
              arrived.push({ mail, recipients, secure: session.secure, user: session.user as string | undefined })
              done()
            })
          })
        },
        ...options
      })
      await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve))
      const { port } = smtp.server.address() as AddressInfo
      return { smtp, port, arrived, mostConnected: () => most }
    }),
    ({ smtp }) => Effect.promise(() => new Promise<void>((resolve) => smtp.close(() => resolve())))
  )
