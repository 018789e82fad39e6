import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { wordsOf } from "../data/problems.ts"
import { haveChanged, queries } from "../data/queries.ts"
import { useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { notify } from "../ui/notices.tsx"
import { EventList } from "./EventList.tsx"
import { nameOf } from "./names.ts"
import { passedOver, streams } from "./queries.ts"
import { Skip } from "./Skip.tsx"
import { leastThrough, maySkip, type Stopped, type Stream } from "./streams.ts"

interface Props {
  readonly stream: Stream
  readonly stopped: Stopped
}

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

/** A stream that waits for somebody: the event that it stopped at, why, and what to do. */
export const StoppedStream = ({ stopped, stream }: Props) => {
  const tell = useTexts()
  const [isBusy, setBusy] = useState(false)
  const [skipping, setSkipping] = useState(false)
  const event = useQuery(passedOver(stream.source, stopped.number - 1, stopped.number))
  const name = nameOf(tell, stream)
  const retry = async () => {
    setBusy(true)
    try {
      const goesOn = await resume(stream.consumer, undefined)
      notify(goesOn ? "done" : "refused", tell(goesOn ? "operator.resumed" : "operator.stoppedAgain", { name }))
    } catch (error) {
      notify("refused", wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="operator-stopped" aria-labelledby={`stopped-${stream.consumer}`}>
      <h2 id={`stopped-${stream.consumer}`}>{tell("operator.stopped", { name, number: stopped.number })}</h2>
      <p>{tell(`operator.why.${stopped.reason}`)}</p>
      <p className="operator-message">
        <code>{stopped.message}</code>
      </p>
      <EventList asked={event} number={stopped.number} />
      <div className="operator-actions">
        <Button look="primary" disabled={isBusy} onClick={() => void retry()}>
          {tell("operator.retry")}
        </Button>
        {maySkip(stream) ? (
          <Button disabled={isBusy} onClick={() => setSkipping(true)}>
            {tell("operator.skip")}
          </Button>
        ) : (
          <span className="soft small">{tell("operator.noSkip")}</span>
        )}
      </div>
      <Skip
        stream={stream}
        least={leastThrough({ number: stream.number, stopped })}
        open={skipping}
        onClose={() => setSkipping(false)}
      />
    </section>
  )
}
