import { filter } from "../address/address.ts"
import { useTexts } from "../i18n/texts.ts"
import { presets, type Range } from "./range.ts"
import "../ui/choice.css"

/** Which days are looked at: the last so many, or from one to another. */
export const RangeChoice = ({ range, today }: { readonly range: Range; readonly today: string }) => {
  const tell = useTexts()
  const change = (days: { readonly from?: string; readonly to?: string }) => {
    const { from, to } = { from: range.from, to: range.to, ...days }
    // While a date is being typed it is none, or one of the first centuries.
    if (from === "" || to === "") return
    filter(from <= to ? { from, to, days: undefined } : { from: to, to: from, days: undefined })
  }
  return (
    <div className="analytics-range not-on-paper" role="group" aria-label={tell("analytics.range")}>
      <div className="choice">
        {presets.map((days) => (
          <button
            key={days}
            type="button"
            aria-pressed={range.last === days}
            onClick={() => filter({ days: String(days), from: undefined, to: undefined })}
          >
            {days === 365 ? tell("analytics.year") : tell("analytics.days", { days })}
          </button>
        ))}
      </div>
      {(["from", "to"] as const).map((end) => (
        <label key={end}>
          <span className="soft small">{tell(`analytics.${end}`)}</span>
          <input
            type="date"
            className="field"
            max={today}
            value={range[end]}
            onChange={(event) => change({ [end]: event.target.value })}
          />
        </label>
      ))}
    </div>
  )
}
