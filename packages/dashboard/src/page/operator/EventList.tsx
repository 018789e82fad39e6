import type { Followed } from "@popug/http/promises"
import type { UseQueryResult } from "@tanstack/react-query"
import { useMemo } from "react"
import { Said } from "../events/Said.tsx"
import { sentencesOf } from "../events/sentences.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Moment } from "../ui/Day.tsx"

interface Props {
  readonly asked: UseQueryResult<ReadonlyArray<Followed>, unknown>
  /** The event that is looked for, where it is one. */
  readonly number?: number
}

/** Events in sentences; each can be looked into as it was recorded. */
export const EventList = ({ asked, number }: Props) => {
  const tell = useTexts()
  return (
    <div className="operator-events">
      <Answer to={asked}>
        {(events) =>
          events.length === 0 ? (
            <p className="soft">{tell("operator.noEvent", { number: number ?? 0 })}</p>
          ) : (
            <List events={events} />
          )
        }
      </Answer>
    </div>
  )
}

const itself = (id: string): string => id

const List = ({ events }: { readonly events: ReadonlyArray<Followed> }) => {
  const tell = useTexts()
  const told = useMemo(() => sentencesOf(events), [events])
  return (
    <ul>
      {told.map(({ event, sentence }) => (
        <li key={event.number}>
          <details>
            <summary>
              <span className="operator-number">{tell("operator.event", { number: event.number })}</span>{" "}
              <Said sentence={sentence} nameOf={itself} />{" "}
              <span className="soft small">
                <Moment at={new Date(event.time)} />, {event.actor}
              </span>
            </summary>
            <pre tabIndex={0}>{JSON.stringify({ type: event.type, data: event.data }, null, 2)}</pre>
          </details>
        </li>
      ))}
    </ul>
  )
}
