/**
 * Letting a stopped stream go on, and seeing whether it does.
 */
import { haveChanged, queries } from "../data/queries.ts"
import { popug } from "../session/session.ts"
import { streams } from "./queries.ts"

/** After so many milliseconds one looks whether it went on: it may have stopped at once. */
const looks = [250, 1_000, 2_000]

const wait = (millis: number) => new Promise((done) => setTimeout(done, millis))

/** Lets a stream go on; returns whether it still does a moment later. */
export const resume = async (
  consumer: string,
  skip: { readonly through: number; readonly reason: string } | undefined
): Promise<boolean> => {
  await popug.operations.resume({ params: { consumer }, payload: skip === undefined ? {} : { skip } })
  let goesOn = true
  for (const look of looks) {
    await wait(look)
    const now = await queries.fetchQuery({ ...streams, staleTime: 0 })
    const found = now.find((stream) => stream.consumer === consumer)
    goesOn = found?.stopped === null || found === undefined
    if (!goesOn || found?.behind === 0) break
  }
  haveChanged("streams", "periods", "accounts", "reports")
  return goesOn
}
