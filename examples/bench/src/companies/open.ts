/**
 * How fast companies are opened, how much disk each takes before anything was done in it, and what it takes to have one
 * that is at rest at hand.
 */
import * as Effect from "effect/Effect"
import type { Row } from "../measure.ts"
import { openSizes, type Sizes } from "../postgres/sizes.ts"
import { rateRow } from "../postgres/watch.ts"
import { idsOf, startHost } from "./host.ts"
import { plain, type Settings } from "./settings.ts"

const total = (sizes: Sizes) => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)

export const opened = async ({ companies, say, url, watch }: Settings): Promise<ReadonlyArray<Row>> => {
  const host = await startHost(url, { connections: 10 })
  const sizes = await openSizes(url)
  const text = companies.toLocaleString("en-US")
  say("opening")
  const open = (ids: ReadonlyArray<string>) => host.run(host.host.open(ids.map((id) => ({ id }))))
  await open(idsOf(Math.ceil(companies / 10), "first"))
  const before = total(await sizes.of(host.schema))
  const ids = idsOf(companies)
  const opening = await watch(() => open(ids))
  const bytes = (total(await sizes.of(host.schema)) - before) / companies
  await sizes.close()

  say("activating")
  const some = ids.slice(0, Math.ceil(companies / 10))
  const activate = (from: ReadonlyArray<string>) =>
    watch(() => host.run(Effect.forEach(from, (id) => host.use(id, Effect.void), { concurrency: 10, discard: true })))
  await activate(some.slice(0, some.length >> 1))
  const later = some.slice(some.length >> 1)
  const activating = await activate(later)
  await host.close()
  return [
    rateRow(`${text} companies opened in one database`, "companies/s", { count: companies, taken: opening }, null, {
      atLeast: 200,
      of: "ours"
    }),
    plain("a company on disk before anything was done in it, with its indexes", "bytes", bytes, {
      atMost: 10_000,
      of: "ours"
    }),
    rateRow(
      "a company at rest brought into use, 10 at a time",
      "companies/s",
      { count: later.length, taken: activating },
      null
    )
  ]
}
