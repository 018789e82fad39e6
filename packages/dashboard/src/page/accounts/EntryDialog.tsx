/**
 * One entry, opened over the list it is in: what it is for, what it corrects, and a correction of it.
 */
import { useStore } from "@nanostores/react"
import type { ReactNode } from "react"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { useTexts } from "../i18n/texts.ts"
import { hasRole, signedIn } from "../session/session.ts"
import { Day, Moment } from "../ui/Day.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { Money } from "../ui/Money.tsx"
import { Correct } from "./Correct.tsx"
import { canBeCorrected, type Entry, nameOf } from "./entries.ts"

interface Props {
  /** Those that are listed, and so can be opened. */
  readonly entries: ReadonlyArray<Entry & { readonly balance?: Entry["amount"] }>
  readonly canCorrect: boolean
  /** Whether the entry that the address names may still come. */
  readonly isLoading: boolean
}

export const EntryDialog = ({ canCorrect, entries, isLoading }: Props) => {
  const tell = useTexts()
  const number = useStore($address).query.get("entry")
  const entry = entries.find((one) => String(one.number) === number)
  const close = () => filter({ entry: undefined })
  if (number === null || (entry === undefined && isLoading)) return null
  const title =
    entry === undefined ? tell("entry.number", { number }) : tell(nameOf(entry), { number: entry.corrects ?? 0 })
  return (
    <Dialog key={number} title={title} open onClose={close}>
      {entry === undefined ? (
        <p className="soft">{tell("entry.elsewhere")}</p>
      ) : (
        <>
          <Details entry={entry} balance={entry.balance} />
          {canCorrect && canBeCorrected(entry) && <Correct entry={entry} />}
          {canCorrect && !canBeCorrected(entry) && <p className="soft small entry-note">{tell("correct.final")}</p>}
        </>
      )}
    </Dialog>
  )
}

const Details = ({ balance, entry }: { readonly entry: Entry; readonly balance: Entry["amount"] | undefined }) => {
  const tell = useTexts()
  const me = signedIn()
  const { amount, at, corrects, name, number, owner, period, reason, task } = entry
  const seesTask = owner === me.id || hasRole(me, "manager", "admin")
  return (
    <>
      <p className="entry-amount">
        <Money value={amount} signed />
      </p>
      <dl className="details">
        {owner !== null && owner !== me.id && (
          <Detail title={tell("column.account")}>
            <Link to={`/accounts/${encodeURIComponent(owner)}`} query={{ from: period, to: period }} className="figure">
              <bdi>{name ?? owner}</bdi>
            </Link>
          </Detail>
        )}
        {task !== null && (
          <Detail title={tell("column.task")}>
            {seesTask ? (
              <Link to={`/tasks/${encodeURIComponent(task.id)}`} className="figure">
                <bdi>{task.title}</bdi>
              </Link>
            ) : (
              <bdi>{task.title}</bdi>
            )}
          </Detail>
        )}
        {corrects !== null && (
          <Detail title={tell("entry.corrects")}>{tell("entry.number", { number: corrects })}</Detail>
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
