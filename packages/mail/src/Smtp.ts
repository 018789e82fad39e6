/**
 * Delivery by SMTP, over a few connections that are kept for the next mail.
 */
import { InvalidInput } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createTransport } from "nodemailer"
import { compose } from "./Message.ts"
import type { Deliver } from "./send.ts"

/** A mail server: by URL, or piece by piece; a piece wins over the URL's. */
export interface Server {
  /** `smtp://user:password@host:587`, or `smtps://` for TLS from the start. */
  readonly url?: Redacted.Redacted<string> | undefined
  readonly host?: string | undefined
  /** 465 with `secure`, 587 otherwise. */
  readonly port?: number | undefined
  /** Whether to speak TLS from the start; otherwise as soon as the server offers it. */
  readonly secure?: boolean | undefined
  /** Whether a server that offers no TLS is refused; default: true if there is a password to keep. */
  readonly requireTls?: boolean | undefined
  readonly user?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
  /** The certificates (PEM) that the server's is checked against; default: the runtime's own. */
  readonly certificate?: string | undefined
}

interface Connection {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly requireTls: boolean
  readonly auth: { readonly user: string; readonly pass: string } | undefined
  readonly certificate: string | undefined
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

interface FromUrl {
  readonly secure: boolean
  readonly host: string
  readonly port: number | undefined
  readonly user: string | undefined
  readonly password: string | undefined
}

/** What a URL says; undefined for one that says something else. */
const fromUrl = (text: string): FromUrl | undefined => {
  if (!URL.canParse(text)) return undefined
  const { hash, hostname, pathname, password, port, protocol, search, username } = new URL(text)
  if (protocol !== "smtp:" && protocol !== "smtps:") return undefined
  if (hostname === "" || (pathname !== "" && pathname !== "/") || search !== "" || hash !== "") return undefined
  return {
    secure: protocol === "smtps:",
    host: hostname.replace(/^\[(.*)\]$/u, "$1"),
    port: port === "" ? undefined : Number(port),
    user: username === "" ? undefined : decoded(username),
    password: password === "" ? undefined : decoded(password)
  }
}

/** Checks a server's options, before anything is sent. No error repeats the URL: there may be a password in it. */
export const connection = (server: Server): Result.Result<Connection, InvalidInput> => {
  const wrong = (message: string) => Result.fail(new InvalidInput({ message }))
  const url = server.url === undefined ? undefined : fromUrl(Redacted.value(server.url))
  if (server.url !== undefined && url === undefined) {
    return wrong("the mail server's url must be smtp://[user:password@]host[:port], or smtps:// for TLS from the start")
  }
  const host = server.host ?? url?.host
  if (host === undefined || host === "") return wrong("the mail server's host is missing, or its url")
  const given = server.port ?? url?.port
  const secure = server.secure ?? url?.secure ?? given === 465
  const port = given ?? (secure ? 465 : 587)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return wrong("the mail server's port must be 1 to 65535")
  const user = server.user ?? url?.user
  const pass = server.password === undefined ? url?.password : Redacted.value(server.password)
  if ((user === undefined) !== (pass === undefined)) return wrong("the mail server needs user and password, or neither")
  const auth = user === undefined || pass === undefined ? undefined : { user, pass }
  const requireTls = server.requireTls ?? (auth !== undefined && !secure)
  return Result.succeed({ host, port, secure, requireTls, auth, certificate: server.certificate })
}

interface SmtpError extends Error {
  readonly recipient?: string
  readonly response?: string
  readonly rejectedErrors?: ReadonlyArray<SmtpError>
}

/** What went wrong, for people; `hide` takes secrets out of what a server may have repeated. */
const explain = (error: SmtpError, hide: (text: string) => string): string => {
  const refused = error.rejectedErrors ?? []
  return hide(refused.length === 0 ? error.message : refusals(refused))
}

const refusals = (errors: ReadonlyArray<SmtpError>): string =>
  errors.map(({ message, recipient, response }) => `${recipient} was refused: ${response ?? message}`).join("; ")

const hider = ({ auth }: Connection) => {
  if (auth === undefined) return (text: string) => text
  const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64")
  const secrets = [base64(`\0${auth.user}\0${auth.pass}`), base64(auth.pass), encodeURIComponent(auth.pass), auth.pass]
  return (text: string) =>
    secrets.reduce((hidden, secret) => (secret === "" ? hidden : hidden.replaceAll(secret, "***")), text)
}

/** How many notices' half-done deliveries are remembered. */
const remembered = 10_000

/** Delivers over a pool of connections that closes with the scope. */
export const make = Effect.fnUntraced(function* (
  to: Connection,
  { concurrency, timeLimitMillis }: { readonly concurrency: number; readonly timeLimitMillis: number }
) {
  const hide = hider(to)
  const patience = (millis: number) => Math.min(millis, timeLimitMillis)
  const transport = yield* Effect.acquireRelease(
    Effect.sync(() =>
      createTransport({
        pool: true,
        host: to.host,
        port: to.port,
        secure: to.secure,
        requireTLS: to.requireTls,
        ...(to.auth === undefined ? {} : { auth: to.auth }),
        ...(to.certificate === undefined ? {} : { tls: { ca: to.certificate } }),
        maxConnections: concurrency,
        maxRequeues: 1,
        dnsTimeout: patience(10_000),
        connectionTimeout: patience(10_000),
        greetingTimeout: patience(10_000),
        socketTimeout: patience(20_000),
        idleTimeout: 30_000
      })
    ),
    (pool) => Effect.sync(() => pool.close({ force: true }))
  )
  /** Who has had a notice that others refused, so that trying again writes to those alone. */
  const accepted = new Map<string, ReadonlySet<string>>()

  const deliver: Deliver = (message) =>
    Effect.suspend(() => {
      const had = accepted.get(message.id) ?? new Set<string>()
      const open = message.to.filter(({ address }) => !had.has(address)).map(({ address }) => address)
      if (open.length === 0) return Effect.void
      const envelope = { from: message.from.address, to: open }
      return Effect.tryPromise({
        try: (signal) => transport.sendMail({ ...compose(message), envelope, signal }),
        catch: (error) => explain(error as SmtpError, hide)
      }).pipe(
        Effect.flatMap((sent) => {
          accepted.delete(message.id)
          if (sent.rejected.length === 0) return Effect.void
          accepted.set(message.id, new Set([...had, ...sent.accepted]))
          if (accepted.size > remembered) accepted.delete(accepted.keys().next().value!)
          return Effect.fail(hide(refusals((sent.rejectedErrors ?? []) as ReadonlyArray<SmtpError>)))
        })
      )
    })
  return deliver
})
