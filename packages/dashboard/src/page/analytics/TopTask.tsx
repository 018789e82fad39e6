import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { taskPath } from "../address/paths.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Choice } from "../ui/Choice.tsx"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { topTask } from "./queries.ts"
import { type Range, type Span, spanOf, spans, step } from "./range.ts"

/** The done task with the highest award: of a day, a week, a month, or of the days looked at. */
export const TopTask = ({ range, today }: { readonly range: Range; readonly today: string }) => {
  const tell = useTexts()
  const { query } = useStore($address)
  const { day, span } = spanOf(query, today)
  const asked = span === "range" ? { from: range.from, to: range.to } : { span, date: day }
  const top = useQuery(topTask(asked))
  return (
    <section className="chart analytics-top" aria-labelledby="top-task">
      <header className="chart-head">
        <h2 id="top-task">{tell("analytics.top")}</h2>
        <Choice
          label={tell("analytics.top")}
          name="top"
          value={span}
          options={([...spans, "range"] as const).map((name) => [name, tell(`analytics.span.${name}`)])}
        />
      </header>
      <Answer to={top}>
        {({ from, to, topTask: found }) => (
          <div aria-busy={top.isPlaceholderData || undefined} aria-live="polite" className="analytics-top-body">
            <Between from={from} to={to} {...(span === "range" ? {} : { span, day, today })} />
            {found === null ? (
              <p className="soft analytics-top-none">{tell("analytics.top.none")}</p>
            ) : (
              <Link to={taskPath(found.id)} className="analytics-top-found">
                <bdi>{found.title}</bdi>
                <Money value={found.total} />
              </Link>
            )}
          </div>
        )}
      </Answer>
    </section>
  )
}

interface BetweenProps {
  readonly from: string
  readonly to: string
  readonly span?: Span
  readonly day?: string
  readonly today?: string
}

/** Which days these are, and the way to those before and after. */
const Between = ({ day, from, span, to, today }: BetweenProps) => {
  const tell = useTexts()
  const formats = useFormats()
  const days = from === to ? formats.day(from) : `${formats.day(from)} – ${formats.day(to)}`
  if (span === undefined || day === undefined || today === undefined) return <p className="soft">{days}</p>
  const ahead = step(day, span, 1)
  return (
    <p className="analytics-top-days">
      <Button look="plain" aria-label={tell("analytics.earlier")} onClick={() => filter({ at: step(day, span, -1) })}>
        ←
      </Button>
      {from === to ? <Link to={`/periods/${from}`}>{days}</Link> : days}
      <Button
        look="plain"
        aria-label={tell("analytics.later")}
        disabled={to >= today}
        onClick={() => filter({ at: ahead > today ? undefined : ahead })}
      >
        →
      </Button>
    </p>
  )
}
