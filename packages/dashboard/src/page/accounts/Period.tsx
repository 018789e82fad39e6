/**
 * One business day: the open one with what stands between it and its close, or a closed one as it is for ever.
 */
import { useQuery } from "@tanstack/react-query"
import { Link } from "../address/Link.tsx"
import { preview } from "../data/today.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { useFormats } from "../ui/formats.ts"
import { useTitle } from "../ui/title.ts"
import { closedPeriod } from "./books.ts"
import { ClosedPeriod } from "./ClosedPeriod.tsx"
import { NoPeriod, OpenPeriod } from "./OpenPeriod.tsx"

export const Period = ({ period }: { readonly period: string }) => {
  const tell = useTexts()
  const open = useQuery(preview)
  return (
    <Answer to={open}>
      {(now) =>
        period === "current" || period === now.period ? (
          <OpenPeriod preview={now} />
        ) : now.period !== null && period > now.period ? (
          <NoPeriod>
            {tell("period.notYet")}{" "}
            <Link to="/periods" className="figure">
              {tell("nav.periods")}
            </Link>
          </NoPeriod>
        ) : (
          <Closed period={period} />
        )
      }
    </Answer>
  )
}

const Closed = ({ period }: { readonly period: string }) => {
  const formats = useFormats()
  useTitle(formats.day(period))
  return (
    <Answer to={useQuery(closedPeriod(period))}>
      {(found) => (found === null ? null : <ClosedPeriod period={found} />)}
    </Answer>
  )
}
