/**
 * The port of one database that holds companies: their rows are made, put to rest and woken in sets.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { Company } from "../company/Company.ts"
import type { CompanyMismatch, Identity, Opened } from "../company/Identity.ts"
import type { Ports } from "../Popug.ts"
import type { CursorStore } from "../stream/CursorStore.ts"
import type * as BusinessDay from "../values/BusinessDay.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { CompanyArchive } from "./CompanyArchive.ts"
import type { CompanyWork } from "./CompanyWork.ts"

/** A company as all its contexts are opened for it. */
export interface OpeningCompany {
  readonly id: string
  readonly identities: Readonly<Record<Opened["name"], Identity>>
  readonly calendar: BusinessDay.Calendar
}

/**
 * Contract: what `open` makes is what the `open` of each context's store makes, for all of them at once, and as often
 * as it is called. A company at rest is refused under every head, on every node: a transaction that takes its head, and
 * the `open` of a context, fail with reason `Resting`; commits that were under way are waited for. A host's cursors are
 * refused likewise. So from the moment that `rest` has returned nothing is written under a head or a cursor until
 * `wake`. Where `MakesRows` says no, neither the ports nor their `open` make anything for a company that has no rows.
 */
export class CompanyHome extends Context.Service<
  CompanyHome,
  {
    /** Makes the rows of those that have none; returns which companies were opened otherwise, and how, by id. */
    readonly open: (
      companies: ReadonlyArray<OpeningCompany>
    ) => Effect.Effect<ReadonlyMap<string, CompanyMismatch>, StoreError>
    /** Puts companies to rest; those that rest already, or are not here, change nothing. */
    readonly rest: (companies: ReadonlyArray<string>) => Effect.Effect<void, StoreError>
    /** Wakes companies that rest. */
    readonly wake: (companies: ReadonlyArray<string>) => Effect.Effect<void, StoreError>
    /** All ports of the company that `Company` names. */
    readonly ports: Layer.Layer<Ports | CursorStore, StoreError, Company>
    readonly work: CompanyWork["Service"]
    /** How companies move to another database; null where they can't. */
    readonly archive: CompanyArchive | null
  }
>()("@popug/core/CompanyHome") {}
