/**
 * The `Notifier` port over anything that delivers one mail.
 */
import { AuditTrail, Company, type Notifier, type Report } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as AuditLog from "./AuditLog.ts"
import { type Message, messageId } from "./Message.ts"
import { type Mailbox, mailbox, type Resolved } from "./Options.ts"
import { render } from "./render.ts"
import { line, short } from "./text.ts"

/** Delivers one mail, or fails with what went wrong, for people to read. It may be called again with the same mail. */
export type Deliver = (message: Message) => Effect.Effect<void, string>

/** Who gets a notice; nobody where there is no address. */
const recipients = (options: Resolved, notice: Report.Notice): Effect.Effect<ReadonlyArray<Mailbox>, string> => {
  if (notice._tag === "Report") return Effect.succeed(options.management)
  if (notice._tag === "Audit") return Effect.succeed(options.accountants)
  const { name, owner } = notice.payout
  const address = options.popug(owner)
  if (address === null) return Effect.succeed([])
  const found = mailbox(address)
  return found === null
    ? Effect.fail(`what is given as the address of ${owner} is none`)
    : Effect.succeed([{ ...found, name: found.name === "" ? line(name ?? "") : found.name }])
}

/** How much of an error is kept with the notice. */
const longestError = 500
const told = (text: string): string => short(line(text), longestError)

/** Milliseconds that pass, whoever sets the clock: a batch must end before its lease does. */
const passed = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))

export const make = Effect.fnUntraced(function* (options: Resolved, deliver: Deliver) {
  const trail = yield* AuditTrail
  const { identity } = yield* Company
  const style = { company: identity.id, locale: options.locale }

  const sendOne = Effect.fnUntraced(function* (notice: Report.Notice) {
    const to = yield* recipients(options, notice)
    if (to.length === 0) return yield* Effect.logInfo(`notice ${notice.id} goes to nobody: no address is configured`)
    const attachments = notice._tag === "Audit" ? [yield* AuditLog.attachment(trail, notice.report)] : []
    yield* deliver({
      ...render(notice, style),
      id: notice.id,
      messageId: messageId(identity.id, notice),
      from: options.from,
      to,
      date: yield* Clock.currentTimeMillis,
      attachments
    })
  })

  const attempt = Effect.fnUntraced(function* (notice: Report.Notice, end: number) {
    const left = end - (yield* passed)
    const late = "not sent within the batch's limit of time"
    if (left <= 0) return late
    return yield* sendOne(notice).pipe(
      Effect.as(null),
      Effect.catch((error) => Effect.succeed(told(error))),
      Effect.timeoutOrElse({ duration: left, orElse: () => Effect.succeed(late) }),
      // A notice that breaks something must not keep the others from being sent.
      Effect.catchCause((cause) =>
        Cause.hasInterrupts(cause)
          ? Effect.failCause(cause)
          : Effect.as(
              Effect.logError(`notice ${notice.id} could not be made a mail`, cause),
              "could not be made a mail"
            )
      )
    )
  })

  const send: Notifier["Service"]["send"] = Effect.fnUntraced(function* (notices) {
    const end = (yield* passed) + options.timeLimitMillis
    return yield* Effect.forEach(notices, (notice) => attempt(notice, end), { concurrency: options.concurrency })
  })
  return { send }
})
