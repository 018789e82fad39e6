/** Sending to a mail server of the tests'. */
import { Notifier, type Report } from "@popug/core"
import { Mail } from "@popug/mail"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { books } from "./notices.ts"

export const common = {
  host: "127.0.0.1",
  from: "popug <popug@company.example>",
  management: ["boss@company.example", "Größe <chief@company.example>"],
  accountants: ["books@company.example"],
  popug: Mail.atDomain("company.example")
}

type Options = Partial<Mail.SmtpOptions> & { readonly port: number }

/** Sends as one process does: its connections end with it. */
export const send = (options: Options, notices: ReadonlyArray<Report.Notice>, ports = books()) =>
  Effect.flatMap(Notifier, (notifier) => notifier.send(notices)).pipe(
    Effect.provide(Mail.layerSmtp({ ...common, ...options }).pipe(Layer.provide(ports)))
  )
