/**
 * The port that knows which companies there are, and where each one's rows live.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { CompanyRecord, CompanyStatus, UnreadableCompany } from "./CompanyRecord.ts"

/** What is changed of companies that are kept. */
export interface CompanyChange {
  readonly status?: CompanyStatus
  readonly database?: string
  readonly settings?: CompanyRecord["settings"]
}

/**
 * Contract: one for a host, whatever number of databases it has. Of those who add a company at once one decides, and
 * the others are given what it has written. No company is ever removed. Each call is seen whole by the calls after it.
 */
export class CompanyDirectory extends Context.Service<
  CompanyDirectory,
  {
    /** Adds those whose ids are new, all or nothing; returns what is kept of every id, in the order of the ids. */
    readonly add: (companies: ReadonlyArray<CompanyRecord>) => Effect.Effect<ReadonlyArray<CompanyRecord>, StoreError>
    /** Those that are known, in the order of their ids, each once. */
    readonly load: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<CompanyRecord>, StoreError>
    /**
     * Changes those that are known, and of these those alone that are as `only` says; returns what was changed. To
     * another database is a move more.
     */
    readonly change: (
      ids: ReadonlyArray<string>,
      change: CompanyChange,
      only?: Partial<Pick<CompanyRecord, "status" | "moves">>
    ) => Effect.Effect<ReadonlyArray<CompanyRecord>, StoreError>
    /** All of them, by id, byte by byte. One that can't be read spoils no page: it is listed as what it is. */
    readonly list: (paging: Paging<string>) => Effect.Effect<Page<CompanyRecord | UnreadableCompany>, StoreError>
  }
>()("@popug/core/CompanyDirectory") {}
