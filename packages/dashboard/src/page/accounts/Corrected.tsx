/**
 * What was corrected on a day: figures of its fees and awards are less by it, or more.
 */
import { useQuery } from "@tanstack/react-query"
import { Link } from "../address/Link.tsx"
import { useTexts } from "../i18n/texts.ts"
import { useFormats } from "../ui/formats.ts"
import { correctionsOn } from "./books.ts"
import { Figure } from "./Figures.tsx"

/** How many corrections there are among the day's entries, as the way to them; nothing where there are none. */
export const Corrected = ({ period }: { readonly period: string }) => {
  const tell = useTexts()
  const formats = useFormats()
  const found = useQuery(correctionsOn(period)).data
  if (found === undefined || found.count === 0) return null
  return (
    <Figure title={tell("entries.correction")}>
      <Link to="/audit" query={{ from: period, to: period, kind: "correction" }} className="figure">
        {formats.count(found.count)}
        {found.more && "+"}
      </Link>
    </Figure>
  )
}
