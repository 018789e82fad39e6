/**
 * One entry, opened over the list it is in: what it is for, what it corrects or is corrected by, and all that was
 * booked for its task.
 */
import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { $address, filter } from "../address/address.ts"
import { useTexts } from "../i18n/texts.ts"
import { hasRole, seesBooks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { bookedFor } from "./books.ts"
import { Correct } from "./Correct.tsx"
import { type Entry, nameOf, standing } from "./entries.ts"
import { EntryDetails } from "./EntryDetails.tsx"
import { OfTask } from "./OfTask.tsx"

interface Props {
  /** Those that are listed, and so can be opened. */
  readonly entries: ReadonlyArray<Entry & { readonly balance?: Entry["amount"] }>
  /** Whose they are, where the list is of one account. */
  readonly name?: string
  /** Whether the entry that the address names may still come. */
  readonly isLoading: boolean
}

export const EntryDialog = ({ entries, isLoading, name }: Props) => {
  const tell = useTexts()
  const number = useStore($address).query.get("entry")
  const entry = entries.find((one) => String(one.number) === number)
  if (number === null || (entry === undefined && isLoading)) return null
  const title =
    entry === undefined ? tell("entry.number", { number }) : tell(nameOf(entry), { number: entry.corrects ?? 0 })
  return (
    <Dialog key={number} title={title} open onClose={() => filter({ entry: undefined, correct: undefined })}>
      {entry === undefined ? (
        <p className="soft">{tell("entry.elsewhere")}</p>
      ) : (
        <Open entry={{ ...entry, name: entry.name ?? name ?? null }} balance={entry.balance} />
      )}
    </Dialog>
  )
}

const Open = ({ balance, entry }: { readonly entry: Entry; readonly balance: Entry["amount"] | undefined }) => {
  const me = signedIn()
  const { data: others } = useQuery({
    ...bookedFor(entry.task?.id ?? "", seesBooks(me) ? null : me.id),
    enabled: entry.task !== null
  })
  return (
    <>
      <EntryDetails
        entry={entry}
        balance={balance}
        correction={others === undefined ? undefined : standing(entry.number, others)}
      />
      {others !== undefined && others.length > 1 && <OfTask entries={others} number={entry.number} />}
      {hasRole(me, "accountant") && (
        <Correct entry={entry} isCorrected={others !== undefined && standing(entry.number, others) !== undefined} />
      )}
    </>
  )
}
