import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import type { Query } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { taskPath } from "../address/paths.ts"
import { type Preview, total } from "../data/today.ts"
import { useTexts } from "../i18n/texts.ts"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"

/** The open day in numbers; each leads to what it is made of. */
export const Today = ({ preview }: { readonly preview: Preview }) => {
  const tell = useTexts()
  const formats = useFormats()
  const owed = useQuery(total).data
  // Of a debt its own name says whose it is, better than a minus does.
  const isOwed = owed === undefined || owed.total.amount >= 0n
  const { earnings, inTheRed, period, topTask, totals } = preview
  const day = period === null ? "/periods" : `/periods/${period}`
  return (
    <section className="analytics-figures" aria-label={period === null ? tell("analytics.today") : formats.day(period)}>
      <Figure title={tell("analytics.earnings.today")} to={day}>
        <Money value={earnings} signed judged />
        <span className="soft small">
          {formats.money(totals.fees)} − {formats.money(totals.awards)}
        </span>
      </Figure>
      <Figure title={tell("analytics.red.now")} to="/accounts" query={{ show: "red" }}>
        {formats.count(inTheRed)}
      </Figure>
      <Figure title={tell(isOwed ? "analytics.owed" : "analytics.owing")} to="/accounts">
        {owed === undefined ? (
          "…"
        ) : (
          <Money value={isOwed ? owed.total : { ...owed.total, amount: -owed.total.amount }} />
        )}
      </Figure>
      <Figure title={tell("analytics.tasks.today")} to="/tasks" query={{ status: "done" }}>
        {formats.count(totals.done)}
        <span className="soft small">{tell("analytics.tasks.created", { created: totals.tasksCreated })}</span>
      </Figure>
      <Figure title={tell("analytics.top.today")} to={topTask === null ? "/tasks" : taskPath(topTask.id)}>
        {topTask === null ? (
          <span className="soft">–</span>
        ) : (
          <>
            <Money value={topTask.total} />
            <bdi className="soft small analytics-figure-note">{topTask.title}</bdi>
          </>
        )}
      </Figure>
    </section>
  )
}

interface FigureProps {
  readonly title: string
  readonly to: string
  readonly query?: Query
  readonly children: ReactNode
}

const Figure = ({ children, query, title, to }: FigureProps) => (
  <Link to={to} query={query ?? {}} className="analytics-figure">
    <span className="soft small">{title}</span>
    <span className="analytics-figure-value">{children}</span>
  </Link>
)
