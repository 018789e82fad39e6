/**
 * The day that is open in the books: what it comes to so far, and what stands between it and its close.
 */
import { type ReactNode, useState } from "react"
import { Link } from "../address/Link.tsx"
import { useCompany } from "../data/company.ts"
import { wordsOf } from "../data/problems.ts"
import { haveChanged } from "../data/queries.ts"
import type { Preview } from "../data/today.ts"
import { useTexts } from "../i18n/texts.ts"
import { hasRole } from "../session/me.ts"
import { popug, signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Day } from "../ui/Day.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { useFormats } from "../ui/formats.ts"
import { Icon } from "../ui/Icon.tsx"
import { notify } from "../ui/notices.tsx"
import { useTitle } from "../ui/title.ts"
import { DayFigures } from "./DayFigures.tsx"
import { EndRegistration } from "./EndRegistration.tsx"
import { PeriodBadge } from "./PeriodBadge.tsx"
import { type Check, checksOf, stateOf } from "./periodState.ts"

/** In place of a day that is not there yet. */
export const NoPeriod = ({ children }: { readonly children: ReactNode }) => {
  const tell = useTexts()
  return (
    <article className="books">
      <header className="books-head">
        <h1>{tell("nav.periods")}</h1>
      </header>
      <p className="table-empty soft">{children}</p>
    </article>
  )
}

export const OpenPeriod = ({ preview }: { readonly preview: Preview }) => {
  const tell = useTexts()
  const formats = useFormats()
  const company = useCompany()
  const { period } = preview
  useTitle(period === null ? tell("nav.periods") : formats.day(period))
  if (period === null) return <NoPeriod>{tell("periods.before")}</NoPeriod>
  const state = stateOf(preview, company.period)
  return (
    <article className="books">
      <header className="books-head">
        <h1>
          <Day period={period} />
        </h1>
        <PeriodBadge state={state} />
      </header>
      <DayFigures
        period={period}
        totals={preview.totals}
        earnings={preview.earnings}
        inTheRed={preview.inTheRed}
        redTo="/accounts"
        topTask={preview.topTask}
      />
      <section className="closing" aria-labelledby="closing">
        <h2 id="closing">{tell("close.title")}</h2>
        <ul className="checks">
          {checksOf(preview, company.period).map((check) => (
            <Checked key={check.id} check={check} preview={preview} />
          ))}
        </ul>
        {company.closing === "by-hand" ? (
          <CloseByHand period={period} isReady={state.at === "complete" && preview.clear} />
        ) : (
          <p className="soft">{tell("close.automatic")}</p>
        )}
      </section>
    </article>
  )
}

const Checked = ({ check: { id, passed }, preview }: { readonly check: Check; readonly preview: Preview }) => {
  const tell = useTexts()
  const formats = useFormats()
  const company = useCompany()
  const state = stateOf(preview, company.period)
  const stopped = preview.streams.filter((stream) => stream.stopped !== null)
  return (
    <li data-passed={passed}>
      <span className="check" role="img" aria-label={tell(passed ? "close.passed" : "close.open")}>
        <Icon name={passed ? "check" : "clock"} />
      </span>
      <div>
        <p>
          {tell(id === "over" && state.at === "over" ? "close.over.ended" : `close.${id}.${passed ? "yes" : "no"}`, {
            behind: state.at === "ended" ? state.behind : 0,
            time: formats.moment(company.endsAt)
          })}
        </p>
        {id === "over" && !passed && state.at === "over" && <EndRegistration />}
        {id === "running" &&
          stopped.map(({ consumer }) => (
            <p key={consumer} className="small debt">
              {consumer}{" "}
              {hasRole(signedIn(), "admin") && (
                <Link to="/operator" className="figure">
                  {tell("nav.operator")}
                </Link>
              )}
            </p>
          ))}
      </div>
    </li>
  )
}

/** Asks once more, closes the day, and leaves one at its page. */
const CloseByHand = ({ isReady, period }: { readonly period: string; readonly isReady: boolean }) => {
  const tell = useTexts()
  const formats = useFormats()
  const [isAsking, setAsking] = useState(false)
  const close = async () => {
    setAsking(false)
    try {
      await popug.billing.close({ params: { period } })
      notify("done", tell("close.done", { day: formats.day(period) }))
      haveChanged("accounts", "periods", "reports", "company")
    } catch (error) {
      notify("refused", wordsOf(error))
    }
  }
  return (
    <>
      <Button look="primary" disabled={!isReady} onClick={() => setAsking(true)}>
        {tell("close.close")}
      </Button>
      <Dialog title={tell("close.ask", { day: formats.day(period) })} open={isAsking} onClose={() => setAsking(false)}>
        <p>{tell("close.means")}</p>
        <div className="dialog-actions">
          <Button onClick={() => setAsking(false)}>{tell("action.cancel")}</Button>
          <Button look="grave" onClick={() => void close()}>
            {tell("close.close")}
          </Button>
        </div>
      </Dialog>
    </>
  )
}
