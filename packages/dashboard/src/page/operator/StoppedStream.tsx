import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { $address, filter } from "../address/address.ts"
import { wordsOf } from "../data/problems.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { notify } from "../ui/notices.tsx"
import { EventList } from "./EventList.tsx"
import { nameOf } from "./names.ts"
import { passedOver } from "./queries.ts"
import { resume } from "./resuming.ts"
import { Skip } from "./Skip.tsx"
import { leastThrough, maySkip, type Stopped, type Stream } from "./streams.ts"

interface Props {
  readonly stream: Stream
  readonly stopped: Stopped
}

/** A stream that waits for somebody: the event that it stopped at, why, and what to do. */
export const StoppedStream = ({ stopped, stream }: Props) => {
  const tell = useTexts()
  const [isBusy, setBusy] = useState(false)
  const skipping = useStore($address).query.get("skip") === stream.consumer
  const setSkipping = (isOpen: boolean) => filter({ skip: isOpen ? stream.consumer : undefined })
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
      <p>
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
