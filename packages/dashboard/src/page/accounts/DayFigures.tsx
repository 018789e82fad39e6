import { Link } from "../address/Link.tsx"
import { useTexts } from "../i18n/texts.ts"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import type { ClosedPeriod } from "./books.ts"
import { Figure, Figures } from "./Figures.tsx"

interface Props extends Pick<ClosedPeriod, "period" | "totals" | "earnings" | "inTheRed" | "topTask"> {
  /** The view that lists who is in the red. */
  readonly redTo: string
}

/** What a day brought: its figures, each a way to what it is made of. */
export const DayFigures = ({ earnings, inTheRed, period, redTo, topTask, totals }: Props) => {
  const tell = useTexts()
  const formats = useFormats()
  const of = (kind: string) => ({ from: period, to: period, kind })
  return (
    <Figures label={tell("period.figures")}>
      <Figure title={tell("period.earnings")} strong>
        <Money value={earnings} signed />
      </Figure>
      <Figure title={tell("period.fees")}>
        <Link to="/audit" query={of("fee")} className="figure">
          <Money value={totals.fees} />
        </Link>
      </Figure>
      <Figure title={tell("period.awards")}>
        <Link to="/audit" query={of("award")} className="figure">
          <Money value={totals.awards} />
        </Link>
      </Figure>
      <Figure title={tell("period.payouts")}>
        <Link to="/audit" query={of("payout")} className="figure">
          <Money value={totals.payouts} />
        </Link>
      </Figure>
      <Figure title={tell("period.inTheRed")}>
        <Link to={redTo} query={{ show: "red" }} className="figure">
          {formats.count(inTheRed)}
        </Link>
      </Figure>
      <Figure title={tell("period.tasks")}>
        {tell("period.counts", {
          created: formats.count(totals.tasksCreated),
          assigned: formats.count(totals.assigned),
          done: formats.count(totals.done)
        })}
      </Figure>
      {topTask !== null && (
        <Figure title={tell("period.topTask")}>
          <bdi className="top-task">{topTask.title}</bdi> <Money value={topTask.total} />
        </Figure>
      )}
    </Figures>
  )
}
