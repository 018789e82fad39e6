/**
 * What comes from NATS for all companies of this process: one durable consumer for each name and source, whose events
 * go to the company's subscription.
 */
import type { JsMsg } from "@nats-io/jetstream"
import type { Envelope } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Link } from "./Link.ts"
import { Mailbox } from "./Mailbox.ts"
import * as Message from "./Message.ts"
import { durableOf, streamOf } from "./names.ts"
import { pull } from "./pulling.ts"
import * as Seal from "./Seal.ts"

/** How often an event of a company that is not served here is offered to other processes, and how long between. */
const offers = 2
const offeredAfter = 200

interface Intake {
  readonly mailboxes: Map<string, Set<Mailbox>>
  /** The companies that were sent what they had not sealed, once each. */
  readonly forged: Set<string>
  readonly pulling: Fiber.Fiber<never>
}

/** A company, and what its events are sealed with. */
interface Own {
  readonly company: string
  readonly seal: Seal.Seal
}

export interface Intakes {
  /** The mailbox of a company's subscription, until the scope closes. */
  readonly mailbox: (own: Own, name: string, source: Envelope.Source) => Effect.Effect<Mailbox, never, Scope.Scope>
}

/** All mailboxes of a company go by its one secret. */
const isSealed = ([first]: Iterable<Mailbox>, event: Envelope.Envelope, message: JsMsg): boolean =>
  first!.seal.holds(event, message.headers?.get(Seal.header) ?? "")

const notOurs = (subject: string): string =>
  `${subject} has what is not sealed with the company's secret: it is read from the log, as all that follows of the ` +
  `kind. Somebody else writes there, or the contexts of the company do not have the same secret`

/** Where a message belongs; one that no company here waits for goes to another process, or is left to the log. */
const route =
  (link: Link, { forged, mailboxes }: Pick<Intake, "mailboxes" | "forged">, clock: Clock.Clock) =>
  (message: JsMsg) => {
    const stream = streamOf(link.settings.prefix, message.subject)
    const addressees = stream === undefined ? undefined : mailboxes.get(stream.company)
    if (addressees === undefined) {
      if (message.info.deliveryCount > offers || stream === undefined) message.ack()
      else message.nak(offeredAfter)
      return
    }
    const event = Message.decode(message.headers, message.data)
    // What is sent by others, or damaged, is nothing; if it has the number of an event, the log has that.
    const { company, source } = stream!
    const isOurs = event !== undefined && event.source === source && isSealed(addressees, event, message)
    const number = Message.numberOf(message.headers)
    if (!isOurs) {
      message.term()
      if (!forged.has(company)) Effect.runFork(Effect.logWarning(notOurs(message.subject)))
      forged.add(company)
    }
    for (const mailbox of addressees) {
      if (isOurs) mailbox.offer(event, message, clock.monotonicTimeNanosUnsafe())
      else if (!Number.isNaN(number)) mailbox.doubt(number)
    }
  }

export const make = Effect.fnUntraced(function* (link: Link) {
  const scope = yield* Effect.scope
  const clock = yield* Clock.Clock
  const intakes = new Map<string, Intake>()
  const { prefix } = link.settings

  const opened = (name: string, source: Envelope.Source) =>
    Effect.gen(function* () {
      const durable = durableOf(name, source)
      const mailboxes: Intake["mailboxes"] = new Map()
      const forged = new Set<string>()
      const arrived = route(link, { mailboxes, forged }, clock)
      const pulling = yield* Effect.forkIn(pull(link, durable, `${prefix}.*.${source}`, arrived), scope)
      return { mailboxes, forged, pulling } satisfies Intake
    })

  const enter = ({ company, seal }: Own, name: string, source: Envelope.Source) =>
    Effect.gen(function* () {
      const key = durableOf(name, source)
      const mailbox = new Mailbox({ ...link.settings, held: link.held }, seal)
      const intake = intakes.get(key) ?? (yield* opened(name, source))
      intakes.set(key, intake)
      intake.mailboxes.set(company, (intake.mailboxes.get(company) ?? new Set()).add(mailbox))
      return mailbox
    })

  const leave = ({ company }: Own, name: string, source: Envelope.Source, mailbox: Mailbox) =>
    Effect.gen(function* () {
      const key = durableOf(name, source)
      const { mailboxes, pulling } = intakes.get(key)!
      const ofCompany = mailboxes.get(company)!
      ofCompany.delete(mailbox)
      if (ofCompany.size === 0) mailboxes.delete(company)
      if (mailboxes.size === 0) {
        // Nothing is asked for any more before it is given back: otherwise it would come here again.
        intakes.delete(key)
        yield* Fiber.interrupt(pulling)
      }
      mailbox.giveBack()
    })

  // Well before the server gives to another process what is held here.
  const patience = link.settings.acknowledgeWithin / 2
  const relieved = Effect.sync(() => {
    const before = clock.monotonicTimeNanosUnsafe() - BigInt(Math.ceil(patience * 1e6))
    for (const { mailboxes } of intakes.values()) {
      for (const ofCompany of mailboxes.values()) for (const mailbox of ofCompany) mailbox.relieve(before)
    }
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(patience / 4), relieved)))

  return {
    mailbox: (own, name, source) =>
      Effect.acquireRelease(enter(own, name, source), (mailbox) => leave(own, name, source, mailbox))
  } satisfies Intakes
})
