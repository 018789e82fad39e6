/**
 * What the accounts ask the server. Every question is asked again when the feed tells of something that it is about.
 */
import type { Promises } from "@popug/http/promises"
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryKey,
  queryOptions
} from "@tanstack/react-query"
import type { NewestList } from "../data/newest.ts"
import { growing } from "../data/paged.ts"
import { queries } from "../data/queries.ts"
import { popug } from "../session/session.ts"
import { type Booked, type Entry, isSought, ofAuditLog, ofStatement, type Sought, type Transfer } from "./entries.ts"
import type { Range } from "./ranges.ts"

type Billing = Promises["billing"]
export type Account = Awaited<ReturnType<Billing["account"]>>
export type ClosedPeriod = Awaited<ReturnType<Billing["periods"]>>["data"][number]
export type Verification = Awaited<ReturnType<Billing["verify"]>>
export type BalanceLine = Awaited<ReturnType<Promises["reports"]["balances"]>>["data"][number]

export const accountOf = (owner: string) =>
  queryOptions({
    queryKey: ["accounts", "one", owner],
    queryFn: ({ signal }) => popug.billing.account({ params: { owner } }, { signal })
  })

/** What an account began a range with and ended it with, and what each kind of entry came to. */
export const boundsOf = (owner: string, range: Range) =>
  queryOptions({
    queryKey: ["accounts", "bounds", owner, range],
    queryFn: async ({ signal }) => {
      const { closing, opening, totals } = await popug.billing.statement(
        { params: { owner }, query: { ...range, limit: 1 } },
        { signal }
      )
      return { closing, opening, totals }
    }
  })

const numberOf = ({ number }: { readonly number: number }): number => number

/** What is given of a filter. */
const given = <F extends object>(filter: F): F =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== "")) as F

const isWithin = ({ from, to }: Range, { period }: { readonly period: string }): boolean =>
  from <= period && period <= to

/** The entries of an account, the last first; each is made once. */
export const statementOf = (owner: string, range: Range, kind: Sought | ""): NewestList<Booked> => ({
  queryKey: ["accounts", "statement", owner, range, kind],
  ask: async (at, signal) => {
    const query = { ...range, ...(kind === "" ? {} : { kind }), order: "newest", ...at } as const
    const { data, nextCursor } = await popug.billing.statement({ params: { owner }, query }, { signal })
    return { data: data.map((row) => ofStatement(row, `popug:${owner}`)), nextCursor }
  },
  numberOf,
  isOf: (entry) => entry.owner === owner && isWithin(range, entry) && isSought(entry, kind)
})

export interface AuditFilter extends Range {
  readonly owner: string
  readonly task: string
  readonly kind: Sought | ""
}

/** The entries of everybody, or of some, the last first. */
export const auditLog = (filter: AuditFilter): NewestList<Entry> => ({
  queryKey: ["accounts", "audit", filter],
  ask: async (at, signal) => {
    const query = { ...(given(filter) as AuditFilter & { readonly kind: Sought }), order: "newest", ...at } as const
    const { data, nextCursor } = await popug.billing.auditLog({ query }, { signal })
    return { data: data.map(ofAuditLog), nextCursor }
  },
  numberOf,
  isOf: (entry) =>
    isWithin(filter, entry) &&
    isSought(entry, filter.kind) &&
    (filter.owner === "" || entry.owner === filter.owner) &&
    (filter.task === "" || entry.task?.id === filter.task)
})

/** All that was booked for a task: of everybody, or of one account. Some hundred at most, however often it moved. */
export const bookedFor = (task: string, owner: string | null) =>
  queryOptions({
    queryKey: ["accounts", "task", task, owner],
    queryFn: async ({ signal }) => {
      const { data } = await popug.billing.auditLog(
        { query: { task, limit: 100, ...(owner === null ? {} : { owner }) } },
        { signal }
      )
      return data.map(ofAuditLog)
    }
  })

/** How many corrections were booked on a day, a page of them at most. */
export const correctionsOn = (period: string) =>
  queryOptions({
    queryKey: ["reports", "corrections", period],
    queryFn: async ({ signal }) => {
      const query = { from: period, to: period, kind: "correction", limit: 100 } as const
      const { data, nextCursor } = await popug.billing.auditLog({ query }, { signal })
      return { count: data.length, more: nextCursor !== null }
    }
  })

/** The transfers, the last first. */
export const journal = (filter: Range & { readonly account?: string }): NewestList<Transfer> => ({
  queryKey: ["accounts", "journal", filter],
  ask: (at, signal) => popug.billing.transfers({ query: { ...filter, order: "newest", ...at } }, { signal }),
  numberOf,
  isOf: (transfer) =>
    isWithin(filter, transfer) &&
    (filter.account === undefined || filter.account === transfer.debit || filter.account === transfer.credit)
})

/** Where a list of accounts has come to: those in the red are listed first. */
interface Place {
  readonly inTheRed: boolean
  readonly cursor: string | null
}

type Accounts = Awaited<ReturnType<Billing["accounts"]>> & {
  readonly inTheRed: boolean
  /** When it was loaded, on the document's timeline. */
  readonly at: number
}

/** Whoever has scrolled far does not have all of it loaded anew with each task that moves, in milliseconds. */
const goodFor = 30_000
const atOnce = 3

const now = (): number => Number(document.timeline.currentTime)

/** A page that was loaded a moment ago, beyond the first ones: those are always asked for again. */
const lately = (queryKey: QueryKey, place: Place): Accounts | undefined => {
  const loaded = queries.getQueryData<InfiniteData<Accounts, Place>>(queryKey)
  const index =
    loaded?.pageParams.findIndex(({ cursor, inTheRed }) => cursor === place.cursor && inTheRed === place.inTheRed) ?? -1
  const page = index < atOnce ? undefined : loaded?.pages[index]
  return page !== undefined && now() - page.at < goodFor ? page : undefined
}

const askAccounts = async (search: string, { cursor, inTheRed }: Place, signal: AbortSignal): Promise<Accounts> => {
  const query = {
    limit: 100,
    ...(inTheRed ? { inTheRed } : {}),
    ...(search === "" ? {} : { search }),
    ...(cursor === null ? {} : { cursor })
  }
  const page = await popug.billing.accounts({ query }, { signal })
  const data = inTheRed ? page.data : page.data.filter(({ balance }) => balance.amount >= 0n)
  return { ...page, data, inTheRed, at: now() }
}

/** Everybody's accounts, or those of people with all the words in their name or id. */
export const accounts = (only: "red" | "all", search: string) => {
  const queryKey = ["accounts", "list", only, search] as const
  return infiniteQueryOptions({
    queryKey,
    initialPageParam: { inTheRed: true, cursor: null } as Place,
    queryFn: ({ pageParam, signal }) => lately(queryKey, pageParam) ?? askAccounts(search, pageParam, signal),
    getNextPageParam: ({ inTheRed, nextCursor }): Place | null => {
      if (nextCursor !== null) return { inTheRed, cursor: nextCursor }
      return inTheRed && only === "all" ? { inTheRed: false, cursor: null } : null
    },
    placeholderData: keepPreviousData
  })
}

export const trialBalance = queryOptions({
  queryKey: ["accounts", "trial balance"],
  queryFn: ({ signal }) => popug.billing.trialBalance({}, { signal })
})

/** The closed periods of a range of a hundred days at most, the last one first. */
export const closedPeriods = (range: Range) =>
  queryOptions({
    queryKey: ["periods", "closed", range],
    queryFn: async ({ signal }) => {
      const { data } = await popug.billing.periods({ query: { ...range, limit: 100 } }, { signal })
      return data.toReversed()
    }
  })

export const closedPeriod = (period: string) =>
  queryOptions({
    queryKey: ["periods", "one", period],
    queryFn: async ({ signal }) => (await popug.billing.period({ params: { period } }, { signal }))?.body ?? null
  })

export const balancesOf = (period: string) =>
  growing(["periods", "balances", period], (at, signal) =>
    popug.reports.balances({ query: { period, ...at } }, { signal })
  )
