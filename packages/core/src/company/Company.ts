/**
 * The unit that everything belongs to: one company, its calendar, its currency and the secret of its draws.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as BusinessDay from "../values/BusinessDay.ts"
import { Digest } from "../values/Digest.ts"
import { InvalidInput } from "../values/Input.ts"
import { Currency } from "../values/Money.ts"
import * as TimeZone from "../values/TimeZone.ts"
import { calendarOf, type Identity, ofSecret, withRules } from "./Identity.ts"

/** What a company is opened with. */
export const Settings = Schema.Struct({
  /** The company's id, part of the source of every event. */
  id: Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,62}$/u, { expected: "a short lower-case id" })),
  timeZone: TimeZone.TimeZone,
  cutoff: BusinessDay.Cutoff,
  currency: Currency,
  /**
   * Keys all draws, so that they repeat on every node and in every replay: whoever knows it can foresee whom a task
   * falls on and what it is priced at. Long and random: who sees draws could try words.
   */
  secret: Schema.Redacted(Schema.String).check(
    Schema.makeFilter((secret) => Redacted.value(secret) !== "" || "Expected a text that is not empty")
  ),
  /** Whether billing closes a period by itself once it is complete, or waits for `Billing.close`. */
  closing: Schema.Literals(["automatic", "by-hand"]),
  /** How many days the clock may jump over before an operator is asked; `null` for replays. */
  longestJump: Schema.NullOr(Schema.Int.check(Schema.isGreaterThan(0)))
})
export type Settings = typeof Settings.Type

/** The settings of a company that says nothing of them. */
export const usual = {
  timeZone: "UTC",
  cutoff: "00:00",
  currency: Currency.make("USD"),
  closing: "automatic",
  longestJump: 31
} as const

/** The company that a set of layers works for. */
export class Company extends Context.Service<
  Company,
  {
    readonly settings: Settings
    /** Without what only a digest can tell: `identified` has that, too. */
    readonly identity: Identity
    readonly calendar: BusinessDay.Calendar
  }
>()("@popug/core/Company") {
  /**
   * A company from its settings; what is left out is the default: UTC, midnight, USD, automatic closing, jumps of up
   * to 31 days. Fails with `InvalidInput` when a setting breaks the rules.
   */
  static readonly layer = (options: {
    readonly id?: string
    readonly timeZone?: string
    readonly cutoff?: string
    readonly currency?: string
    readonly secret: string
    readonly closing?: "automatic" | "by-hand"
    readonly longestJump?: number | null
  }): Layer.Layer<Company, InvalidInput> =>
    Layer.effect(
      Company,
      Schema.decodeUnknownEffect(Schema.toType(Settings))(
        {
          id: "popug",
          ...usual,
          ...options,
          secret: Redacted.make(options.secret)
        },
        { errors: "all" }
      ).pipe(
        Effect.mapError((error) => new InvalidInput({ message: error.message })),
        Effect.map(Company.make)
      )
    )

  /** A company of settings that are known to keep the rules. */
  static readonly make = (settings: Settings): Company["Service"] => ({
    settings,
    identity: {
      id: settings.id,
      timeZone: TimeZone.canonical(settings.timeZone),
      cutoff: settings.cutoff,
      currency: settings.currency,
      rules: { closing: settings.closing }
    },
    calendar: calendarOf(settings)
  })
}

/** The company as a context opens its store with it, but for the policies of that context. */
export const identified = Effect.gen(function* () {
  const { identity, settings } = yield* Company
  const { sha256 } = yield* Digest
  return withRules(identity, { secret: ofSecret(sha256, identity.id, Redacted.value(settings.secret)) })
})
