/**
 * How the company stands today: a few figures, each a way to what it is made of.
 */
import { useQuery } from "@tanstack/react-query"
import { Link } from "../address/Link.tsx"
import { preview, total } from "../data/today.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { reversed } from "./entries.ts"
import { Figure, Figures } from "./Figures.tsx"

export const Today = () => {
  const tell = useTexts()
  const formats = useFormats()
  const [day, sums] = [useQuery(preview), useQuery(total)]
  const [open, all] = [day.data, sums.data]
  // Of a debt its own name says whose it is, better than a minus does.
  const isOwed = all === undefined || all.total.amount >= 0n
  const days = open === undefined || open.period === null ? {} : { from: open.period, to: open.period }
  if (open === undefined && day.isError) return <Answer to={day}>{() => null}</Answer>
  if (all === undefined && sums.isError) return <Answer to={sums}>{() => null}</Answer>
  return (
    <Figures label={tell("today.title")}>
      <Figure title={tell("today.earnings")} strong>
        {open !== undefined && (
          <Link to="/periods/current" className="figure">
            <Money value={open.earnings} signed judged />
          </Link>
        )}
      </Figure>
      <Figure title={tell("today.fees")}>
        {open !== undefined && (
          <Link to="/audit" query={{ ...days, kind: "fee" }} className="figure">
            <Money value={open.totals.fees} />
          </Link>
        )}
      </Figure>
      <Figure title={tell("today.awards")}>
        {open !== undefined && (
          <Link to="/audit" query={{ ...days, kind: "award" }} className="figure">
            <Money value={open.totals.awards} />
          </Link>
        )}
      </Figure>
      <Figure title={tell(isOwed ? "today.owed" : "today.owing")}>
        {all !== undefined && (
          <Link to="/audit/trial-balance" className="figure">
            <Money value={isOwed ? all.total : reversed(all.total)} />
          </Link>
        )}
      </Figure>
      <Figure title={tell("today.inTheRed")}>
        {all !== undefined && (
          <Link to="/accounts" query={{ show: "red" }} className="figure" data-warn={all.inTheRed > 0 || undefined}>
            {formats.count(all.inTheRed)}
          </Link>
        )}
      </Figure>
    </Figures>
  )
}
