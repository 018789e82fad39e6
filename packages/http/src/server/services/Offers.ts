/**
 * What a process answers other services, of whichever company: each context answers for itself alone.
 */
import {
  type AuditTrail,
  Companies,
  type CompanyServices,
  type Directory,
  type Envelope,
  type EventLog,
  type IdentityDirectory,
  type Payouts,
  type Prices,
  StoreError
} from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { CompanyStream, StreamEnd } from "../../api/services/Wire.ts"
import { keyOf } from "../../bell/Bell.ts"

/** What is answered of one company; what is left out is asked of another service. */
export interface Offer {
  /** The events of the contexts that are here. */
  readonly log?: { readonly service: EventLog["Service"]; readonly sources: ReadonlyArray<Envelope.Source> }
  readonly directory?: Directory["Service"]
  readonly identities?: IdentityDirectory["Service"]
  readonly prices?: Prices["Service"]
  readonly payouts?: Payouts["Service"]
  readonly auditTrail?: AuditTrail["Service"]
}

export class Offers extends Context.Service<
  Offers,
  {
    /** The streams that are written here, of every company. */
    readonly sources: ReadonlyArray<Envelope.Source>
    /** What is answered of a company for as long as the scope is open; null where there is no such company here. */
    readonly of: (company: string) => Effect.Effect<Offer | null, StoreError, Scope.Scope>
    /** Where some streams end; those of companies that are not here are left out. */
    readonly last: (streams: ReadonlyArray<CompanyStream>) => Effect.Effect<ReadonlyArray<StreamEnd>, StoreError>
  }
>()("@popug/http/Offers") {
  /** Those of a process with one company. */
  static readonly one = (company: string, offer: Offer): Layer.Layer<Offers> =>
    Layer.succeed(Offers, {
      sources: offer.log?.sources ?? [],
      of: (id) => Effect.succeed(id === company ? offer : null),
      last: (streams) =>
        Effect.forEach(
          streams.filter((stream) => stream.company === company && offer.log?.sources.includes(stream.source) === true),
          ({ source }) => Effect.map(offer.log!.service.last(source), (number) => ({ company, source, number }))
        )
    })

  /**
   * Those of a host of many companies: what it offers of each is made of the company's services while somebody asks for
   * it. A company that rests is away for a while, and one that is being opened is not there yet.
   */
  static readonly companies = (
    sources: ReadonlyArray<Envelope.Source>,
    offer: (services: Context.Context<CompanyServices>) => Offer
  ): Layer.Layer<Offers, never, Companies> =>
    Layer.effect(
      Offers,
      Effect.map(Companies, ({ ends, get }) => ({
        sources,
        of: (company) =>
          get(company).pipe(
            Effect.map(offer),
            Effect.catchTags({
              UnknownCompany: () => Effect.succeed(null),
              CompanyResting: (error) => Effect.fail(away(error.message)),
              CompanyMismatch: (error) => Effect.die(error)
            })
          ),
        last: (streams) =>
          Effect.map(ends([...new Set(streams.map(({ company }) => company))]), (all) => {
            const wanted = new Set(streams.map(keyOf))
            return all.filter((end) => wanted.has(keyOf(end)))
          })
      }))
    )
}

const away = (message: string) => new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message })
