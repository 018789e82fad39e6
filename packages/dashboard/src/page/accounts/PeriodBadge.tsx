import { useTexts } from "../i18n/texts.ts"
import type { PeriodState } from "./periodState.ts"

/** How far a day is, in words. */
export const PeriodBadge = ({ state }: { readonly state: PeriodState }) => {
  const tell = useTexts()
  return (
    <span className="state" data-state={state.at}>
      {tell(`period.state.${state.at}`, state.at === "ended" ? { behind: state.behind } : {})}
    </span>
  )
}
