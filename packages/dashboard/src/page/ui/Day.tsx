import { useFormats } from "./formats.ts"

/** A business day. */
export const Day = ({ period }: { readonly period: string }) => (
  <time dateTime={period} className="when">
    {useFormats().day(period)}
  </time>
)

/** An instant, as the company's clocks show it: with its date, or within a day that is named nearby. */
export const Moment = ({ at, within = "time" }: { readonly at: Date; readonly within?: "time" | "day" }) => {
  const formats = useFormats()
  return (
    <time dateTime={at.toISOString()} className="when">
      {within === "day" ? formats.clock(at) : formats.moment(at)}
    </time>
  )
}
