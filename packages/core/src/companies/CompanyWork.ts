/**
 * The port that tells which companies of a database have something to do.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Stop } from "../stream/Cursor.ts"
import type * as Envelope from "../stream/Envelope.ts"
import type { Period } from "../values/BusinessDay.ts"
import type { StoreError } from "../values/StoreError.ts"

/** A company that has something to do, taken for a while: nobody else is given it meanwhile. */
export interface Claim {
  readonly company: string
  /** How often it was taken since it was last done, this time included. */
  readonly attempts: number
  /** Whether it was found because its open day is over, as its row says. */
  readonly isDayOver: boolean
  /** Tells this claim from others of the company. */
  readonly token: string
}

/** What a look has found, and where the next one goes on. */
export interface Found {
  readonly claims: ReadonlyArray<Claim>
  /**
   * Where to look on, as only the adapter reads it; null where the round is done and the next look begins a new one.
   */
  readonly next: string | null
}

/** Where a consumer of a company stands. */
export interface CompanyConsumer {
  readonly consumer: string
  readonly source: Envelope.Source
  readonly number: number
  /** How many events of the source it has not applied yet. */
  readonly behind: number
  readonly stopped: Stop | null
}

/** Where a stream of a company ends: all that a word, or a question for news, has to say. */
export interface StreamEnd {
  readonly company: string
  readonly source: Envelope.Source
  /** The number of its last event; 0 before the first. */
  readonly number: number
}

/** How a company does, as its rows say. */
export interface CompanyHealth {
  readonly company: string
  readonly resting: boolean
  /** The period that is open for tasks, and when it ends; null where the tasks' context was not opened. */
  readonly period: Period | null
  readonly dueAt: DateTime.Utc | null
  readonly consumers: ReadonlyArray<CompanyConsumer>
  /** How often its work was taken in vain since it was last done. */
  readonly attempts: number
}

/**
 * Contract: a company has something to do when a consumer that is not stopped is behind the head of its source (unless
 * billing waits for a close by hand), when its open day is over, or when a notice is due, by the store's clock; never
 * while it rests. A company that was claimed is given to nobody until the claim is released or its lease, by the
 * store's clock, is over: the claims of a process that is gone run out. Claims order nothing and guard nothing: heads
 * and cursors do, and work that is done twice is done once.
 */
export class CompanyWork extends Context.Service<
  CompanyWork,
  {
    /**
     * Looks for what is due, and claims up to `limit`: companies whose day is over first, whatever their ids, the
     * longest over first; then those that have something else to do among some that follow `after`. Going on after
     * `next` until that is null has looked at every company; no call's cost grows with their number.
     */
    readonly due: (request: {
      readonly limit: number
      readonly lease: Duration.Duration
      readonly after: string | null
    }) => Effect.Effect<Found, StoreError>
    /** Claims those of the named companies that have something to do. */
    readonly claim: (
      companies: ReadonlyArray<string>,
      lease: Duration.Duration
    ) => Effect.Effect<ReadonlyArray<Claim>, StoreError>
    /** Gives back what was done. A claim that has run out meanwhile, and is another's, stays that one's. */
    readonly done: (claims: ReadonlyArray<Claim>) => Effect.Effect<void, StoreError>
    /** Gives back what failed: nobody is given it before the wait is over. */
    readonly putOff: (claims: ReadonlyArray<Claim>, wait: Duration.Duration) => Effect.Effect<void, StoreError>
    /**
     * The companies that had events, as long as the scope is open, of whatever process: told after the commit, and not
     * for certain.
     */
    readonly words: Effect.Effect<Queue.Dequeue<string>, never, Scope.Scope>
    /** How companies do, by id, each once; ids that are not there are passed over. */
    readonly health: (companies: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<CompanyHealth>, StoreError>
    /**
     * Where the streams of companies end, in any order: those of the contexts that were opened here. Ids that are not
     * there are passed over.
     */
    readonly ends: (companies: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<StreamEnd>, StoreError>
  }
>()("@popug/core/CompanyWork") {}
