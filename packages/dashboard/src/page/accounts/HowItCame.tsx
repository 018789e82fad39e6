/**
 * How a balance came about: a sum that one can read, each part a way to the entries it is made of.
 */
import { useStore } from "@nanostores/react"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { dayAfter } from "../data/days.ts"
import type { Amount } from "../i18n/format.ts"
import { useTexts } from "../i18n/texts.ts"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { type KindSum, sumsOf, type Totals } from "./entries.ts"
import type { Range } from "./ranges.ts"

interface Props {
  readonly bounds: { readonly opening: Amount; readonly closing: Amount; readonly totals: Totals }
  readonly isToday: boolean
  readonly range: Range
}

export const HowItCame = ({ bounds: { closing, opening, totals }, isToday, range }: Props) => {
  const tell = useTexts()
  const formats = useFormats()
  const { path } = useStore($address)
  // It is what the day before ended with.
  const before = dayAfter(range.from, -1)
  const isOneDay = range.from === range.to
  const title =
    isToday && isOneDay
      ? tell("sum.today")
      : isOneDay
        ? tell("sum.day", { day: formats.day(range.from) })
        : tell("sum.range", { days: formats.days(range.from, range.to) })
  return (
    <section className="sum" aria-label={title}>
      <h2>{title}</h2>
      <dl>
        <div>
          <dt>{tell("sum.opening")}</dt>
          <dd>
            <Link to={path} query={{ from: before, to: before }} className="figure">
              <Money value={opening} />
            </Link>
          </dd>
        </div>
        {sumsOf(totals).map((sum) => (
          <Part key={sum.kind} {...sum} />
        ))}
        <div className="sum-closing">
          <dt>{tell(isToday ? "sum.now" : "sum.closing")}</dt>
          <dd>
            <Money value={closing} />
          </dd>
        </div>
      </dl>
    </section>
  )
}

const Part = ({ amount, kind }: KindSum) => {
  const tell = useTexts()
  return (
    <div>
      <dt>{tell(`entries.${kind}`)}</dt>
      <dd>
        <button type="button" className="figure" onClick={() => filter({ kind })}>
          <Money value={amount} signed />
        </button>
      </dd>
    </div>
  )
}
