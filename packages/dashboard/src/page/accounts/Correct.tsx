/**
 * Corrects an entry: what will be booked is shown before, the reason is asked for, and the new entry is linked to.
 */
import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { type FormEvent, useId, useState } from "react"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { accountPath } from "../address/paths.ts"
import { useCompany } from "../data/company.ts"
import { useDraft } from "../data/drafts.ts"
import { wordsOf } from "../data/problems.ts"
import { haveChanged } from "../data/queries.ts"
import { preview } from "../data/today.ts"
import { useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Day } from "../ui/Day.tsx"
import { Money } from "../ui/Money.tsx"
import { Refused } from "../ui/Refused.tsx"
import { accountOf } from "./books.ts"
import { earningsOf, type Entry, reversed } from "./entries.ts"

interface Props {
  readonly entry: Entry
  /** Whether a correction of it stands already. */
  readonly isCorrected: boolean
}

export const Correct = ({ entry, isCorrected }: Props) => {
  const tell = useTexts()
  const isOpen = useStore($address).query.get("correct") === "yes"
  const setOpen = (open: boolean) => filter({ correct: open ? "yes" : undefined })
  const [booked, setBooked] = useState<number>()
  if (booked !== undefined) return <Booked entry={entry} number={booked} />
  if (entry.undoes) return <p className="soft small entry-note">{tell("correct.final")}</p>
  if (isCorrected) return null
  if (isOpen)
    return (
      <Form
        entry={entry}
        cancel={() => setOpen(false)}
        done={(number) => {
          setBooked(number)
          setOpen(false)
        }}
      />
    )
  return (
    <div className="dialog-actions">
      <Button onClick={() => setOpen(true)}>{tell(entry.corrects === null ? "correct.begin" : "correct.undo")}</Button>
    </div>
  )
}

interface FormProps {
  readonly entry: Entry
  readonly cancel: () => void
  readonly done: (number: number) => void
}

const Form = ({ cancel, done, entry }: FormProps) => {
  const tell = useTexts()
  const label = useId()
  const [draft, setDraft, forget] = useDraft(`correction.${entry.number}`, { reason: "" })
  const [refused, setRefused] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const correct = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setRefused(undefined)
    try {
      const { transfer } = await popug.billing.correct({
        payload: { transfer: entry.number, reason: draft.reason.trim() }
      })
      forget()
      haveChanged("accounts", "periods", "reports")
      done(transfer)
    } catch (error) {
      setRefused(wordsOf(error))
      setBusy(false)
    }
  }
  return (
    <form className="correct" onSubmit={(event) => void correct(event)}>
      <h3>{tell("correct.what")}</h3>
      <WillBeBooked entry={entry} />
      <label htmlFor={label}>{tell("entry.reason")}</label>
      <textarea
        id={label}
        className="field"
        required
        rows={2}
        maxLength={500}
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={draft.reason}
        onChange={({ target: { value } }) => setDraft({ reason: value.replaceAll(/[\r\n]+/gu, " ") })}
      />
      <Refused>{refused}</Refused>
      <div className="dialog-actions">
        <Button onClick={cancel}>{tell("action.cancel")}</Button>
        <Button type="submit" look="primary" disabled={isBusy || draft.reason.trim() === ""}>
          {tell("correct.book")}
        </Button>
      </div>
    </form>
  )
}

/** The entry that a correction makes, and what it moves. */
const WillBeBooked = ({ entry }: { readonly entry: Entry }) => {
  const tell = useTexts()
  const company = useCompany()
  // The books can still be in the day before.
  const open = useQuery(preview).data?.period ?? company.period
  const account = useQuery({ ...accountOf(entry.owner ?? ""), enabled: entry.owner !== null }).data
  const amount = reversed(entry.amount)
  const earnings = earningsOf({ ...entry, amount })
  return (
    <dl className="details">
      <div>
        <dt>
          <bdi>{entry.name ?? entry.owner}</bdi>
        </dt>
        <dd>
          <Money value={amount} signed />
        </dd>
      </div>
      {account !== undefined && (
        <div>
          <dt>{tell("correct.balance")}</dt>
          <dd>
            <Money value={account.balance} /> <span aria-label={tell("correct.becomes")}>→</span>{" "}
            <Money value={{ ...amount, amount: account.balance.amount + amount.amount }} />
          </dd>
        </div>
      )}
      <div>
        <dt>{tell("correct.earnings")}</dt>
        <dd>
          <Money value={earnings} signed />
        </dd>
      </div>
      <div>
        <dt>{tell("correct.day")}</dt>
        <dd>
          <Day period={open} />
        </dd>
      </div>
    </dl>
  )
}

const Booked = ({ entry, number }: { readonly entry: Entry; readonly number: number }) => {
  const tell = useTexts()
  const company = useCompany()
  const open = useQuery(preview).data?.period ?? company.period
  return (
    <p role="status" className="correct-done">
      {tell("correct.done")}{" "}
      <Link
        to={accountPath(entry.owner ?? "")}
        query={{ from: entry.period < open ? entry.period : open, to: open, entry: String(number) }}
        className="figure"
      >
        {tell("entry.number", { number })}
      </Link>
    </p>
  )
}
