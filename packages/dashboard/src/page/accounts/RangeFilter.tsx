import { narrow } from "../address/address.ts"
import { useCompany } from "../data/company.ts"
import { useTexts } from "../i18n/texts.ts"
import "../ui/choice.css"
import { type Range, rangeOf, wordOf, words } from "./ranges.ts"

/** Chooses the days that a view is about: the address keeps them. */
export const RangeFilter = ({ range }: { readonly range: Range }) => {
  const tell = useTexts()
  const { period: today } = useCompany()
  const word = wordOf(range, today)
  const choose = (chosen: Range) => narrow({ ...chosen })
  return (
    <div className="range not-on-paper" role="group" aria-label={tell("range.label")}>
      <div className="choice">
        {words.map((name) => (
          <button key={name} type="button" aria-pressed={name === word} onClick={() => choose(rangeOf(name, today))}>
            {tell(`range.${name}`)}
          </button>
        ))}
      </div>
      <span className="range-days">
        <input
          type="date"
          className="field"
          aria-label={tell("range.from")}
          value={range.from}
          onChange={({ target: { value } }) =>
            value !== "" && choose({ from: value, to: value > range.to ? value : range.to })
          }
        />
        <span aria-hidden="true">–</span>
        <input
          type="date"
          className="field"
          aria-label={tell("range.to")}
          value={range.to}
          onChange={({ target: { value } }) =>
            value !== "" && choose({ from: value < range.from ? value : range.from, to: value })
          }
        />
      </span>
    </div>
  )
}
