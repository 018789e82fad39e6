/**
 * The company: what its amounts and days mean, and what day it is. Everything that shows an amount waits for it once.
 */
import type { Promises } from "@popug/http/promises"
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query"
import { popug } from "../session/session.ts"

export type Company = Awaited<ReturnType<Promises["company"]["get"]>>

export const companyQuery = queryOptions({
  queryKey: ["company"],
  queryFn: ({ signal }): Promise<Company> => popug.company.get({}, { signal })
})

export const useCompany = (): Company => useSuspenseQuery(companyQuery).data
