/**
 * Records of companies as the directory last told them, for as long as it can't be asked: one database that is away
 * takes no company of another with it. What has changed meanwhile does no harm: rows that rest, or have left, refuse
 * whoever still comes to them.
 */
import * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"
import type { CompanyDirectory } from "./CompanyDirectory.ts"
import type { CompanyRecord } from "./CompanyRecord.ts"

/** How many are remembered, those that were needed last: some 50 MB of them. */
const most = 100_000

/** For how long the directory is waited for where there is something to go by. */
const patience = "2 seconds"

/** Reads a company's record; one that is known to have been there is returned while the directory is away. */
export const remembering = (
  directory: CompanyDirectory["Service"]
): ((id: string) => Effect.Effect<CompanyRecord | undefined, StoreError>) => {
  const known = new Map<string, CompanyRecord>()
  const keep = (id: string, record: CompanyRecord | undefined) => {
    known.delete(id)
    if (record === undefined) return
    known.set(id, record)
    if (known.size > most) known.delete(known.keys().next().value!)
  }
  return (id) => {
    const asked = Effect.map(directory.load([id]), ([record]) => record)
    const remembered = known.get(id)
    const answer =
      remembered === undefined
        ? asked
        : asked.pipe(
            Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(remembered) }),
            Effect.catchIf(
              ({ retryable }) => retryable,
              () => Effect.succeed(remembered)
            )
          )
    return Effect.tap(answer, (record) => Effect.sync(() => keep(id, record)))
  }
}
