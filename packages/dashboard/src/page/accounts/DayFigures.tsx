import { Link } from "../address/Link.tsx"
import { taskPath } from "../address/paths.ts"
import { useTexts } from "../i18n/texts.ts"
import { seesTasks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import type { ClosedPeriod } from "./books.ts"
import { Corrected } from "./Corrected.tsx"
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
        <Link to="/audit" query={{ from: period, to: period }} className="figure">
          <Money value={earnings} signed judged />
        </Link>
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
      <Corrected period={period} />
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
        <span className="figure-words">
          {tell("period.counts", {
            created: formats.count(totals.tasksCreated),
            assigned: formats.count(totals.assigned),
            done: formats.count(totals.done)
          })}
        </span>
      </Figure>
      {topTask !== null && (
        <Figure title={tell("period.topTask")}>
          <TopTask {...topTask} />
        </Figure>
      )}
    </Figures>
  )
}

/** Who may see the tasks of others gets to it. */
const TopTask = ({ id, title, total }: NonNullable<ClosedPeriod["topTask"]>) => {
  const shown = (
    <>
      <bdi className="top-task">{title}</bdi> <Money value={total} />
    </>
  )
  return seesTasks(signedIn()) ? (
    <Link to={taskPath(id)} className="figure">
      {shown}
    </Link>
  ) : (
    shown
  )
}
