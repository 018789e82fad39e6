import type { ReactNode } from "react"
import { Link } from "../address/Link.tsx"
import { accountPath, taskPath } from "../address/paths.ts"
import { useTexts } from "../i18n/texts.ts"
import { seesTasks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Day, Moment } from "../ui/Day.tsx"
import { Money } from "../ui/Money.tsx"
import type { Entry } from "./entries.ts"
import { EntryOf } from "./EntryOf.tsx"

interface Props {
  readonly entry: Entry
  readonly balance: Entry["amount"] | undefined
  /** The correction of it that stands. */
  readonly correction: Pick<Entry, "number" | "period"> | undefined
}

/** What there is to know of an entry. */
export const EntryDetails = ({ balance, correction, entry }: Props) => {
  const tell = useTexts()
  const me = signedIn()
  const { amount, at, corrected, corrects, name, number, owner, period, reason, task } = entry
  // Of an entry that was corrected the account is shown with what corrects it, which is of a later day.
  const through = correction === undefined || correction.period < period ? period : correction.period
  const seesTask = owner === me.id || seesTasks(me)
  return (
    <>
      <p className="entry-amount">
        <Money value={amount} signed />
      </p>
      <dl className="details">
        {owner !== null && owner !== me.id && (
          <Detail title={tell("column.account")}>
            <Link to={accountPath(owner)} query={{ from: period, to: through }} className="figure">
              <bdi>{name ?? owner}</bdi>
            </Link>
          </Detail>
        )}
        {task !== null && (
          <Detail title={tell("column.task")}>
            {seesTask ? (
              <Link to={taskPath(task.id)} className="figure">
                <bdi>{task.title}</bdi>
              </Link>
            ) : (
              <bdi>{task.title}</bdi>
            )}
          </Detail>
        )}
        {corrects !== null && (
          <Detail title={tell("entry.corrects")}>
            <EntryOf owner={owner} number={corrects} period={corrected?.period} />{" "}
            {corrected !== null && <Money value={corrected.amount} signed />}
          </Detail>
        )}
        {correction !== undefined && (
          <Detail title={tell("entry.correctedBy")}>
            <EntryOf owner={owner} number={correction.number} period={correction.period} />
          </Detail>
        )}
        {reason !== null && (
          <Detail title={tell("entry.reason")}>
            <bdi>{reason}</bdi>
          </Detail>
        )}
        <Detail title={tell("column.day")}>
          <Day period={period} />
        </Detail>
        <Detail title={tell("entry.recorded")}>
          <Moment at={at} />
        </Detail>
        {balance !== undefined && (
          <Detail title={tell("entry.balance")}>
            <Money value={balance} />
          </Detail>
        )}
        <Detail title={tell("entry.journal")}>{number}</Detail>
      </dl>
    </>
  )
}

const Detail = ({ children, title }: { readonly title: string; readonly children: ReactNode }) => (
  <div>
    <dt>{title}</dt>
    <dd>{children}</dd>
  </div>
)
