/**
 * The company: what its amounts and days mean, and what day it is. Everything that shows an amount waits for it once.
 */
import type { Promises } from "@popug/http/promises"
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query"
import { popug } from "../session/session.ts"

export type Company = Awaited<ReturnType<Promises["company"]["get"]>>

/** The day is asked for again when it ends, and now and then, since clocks differ; in milliseconds. */
const soonest = 5_000
const latest = 10 * 60_000

export const companyQuery = queryOptions({
  queryKey: ["company"],
  queryFn: ({ signal }): Promise<Company> => popug.company.get({}, { signal }),
  refetchInterval: ({ state: { data } }) =>
    data === undefined ? false : Math.min(latest, Math.max(soonest, data.endsAt.getTime() - data.now.getTime()))
})

export const useCompany = (): Company => useSuspenseQuery(companyQuery).data
