/**
 * `CompanyDirectory` in memory.
 */
import { byteOrder, CompanyDirectory, type CompanyRecord } from "@popug/core"
import * as Effect from "effect/Effect"
import { pageOf } from "./pages.ts"
import type { Attachment } from "./Shelf.ts"

export const make = (attachment: Attachment): CompanyDirectory["Service"] => {
  const { recordIds, records } = attachment.shelf
  const load = (ids: ReadonlyArray<string>) =>
    [...new Set(ids)].sort(byteOrder).flatMap((id): ReadonlyArray<CompanyRecord> => {
      const record = records.get(id)
      return record === undefined ? [] : [record]
    })
  const call = <A>(value: () => A) => attachment.call(() => Effect.sync(value))
  return CompanyDirectory.of({
    add: (companies) =>
      call(() => {
        for (const company of companies) {
          if (records.has(company.id)) continue
          records.set(company.id, company)
          recordIds.add(company.id)
        }
        return load(companies.map(({ id }) => id))
      }),
    load: (ids) => call(() => load(ids)),
    change: (ids, { database, settings, status }, only = {}) =>
      call(() =>
        load(ids)
          .filter((record) => record.status === (only.status ?? record.status))
          .filter((record) => record.moves === (only.moves ?? record.moves))
          .map((record) => {
            const changed = {
              ...record,
              database: database ?? record.database,
              status: status ?? record.status,
              settings: settings ?? record.settings,
              moves: record.moves + (database === undefined || database === record.database ? 0 : 1)
            }
            records.set(record.id, changed)
            return changed
          })
      ),
    list: ({ after, limit }) => call(() => pageOf(recordIds.from(after), limit, (id) => records.get(id)!))
  })
}
