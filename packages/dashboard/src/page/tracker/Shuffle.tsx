/**
 * A shuffle is asked about before it is done: others pay for it.
 */
import { useQuery } from "@tanstack/react-query"
import { Suspense, useRef, useState } from "react"
import { companyQuery, useCompany } from "../data/company.ts"
import { freshKey } from "../data/freshKey.ts"
import { changedSoon } from "../data/live.ts"
import { wordsOf } from "../data/problems.ts"
import { haveChanged } from "../data/queries.ts"
import { useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { useFormats } from "../ui/formats.ts"
import { notify } from "../ui/notices.tsx"
import { costAfter, lastShuffle } from "./shuffleCost.ts"

export const Shuffle = ({ onClose, open }: { readonly open: boolean; readonly onClose: () => void }) => {
  const tell = useTexts()
  const [busy, setBusy] = useState(false)
  // Until there is an answer it is the same shuffle: others pay for a second one.
  const key = useRef("")
  const formats = useFormats()
  const period = useQuery(companyQuery).data?.period ?? ""
  const last = useQuery({ ...lastShuffle(period), enabled: open && period !== "" }).data
  const shuffle = async () => {
    setBusy(true)
    try {
      const { open: all, reassigned } = await popug.tasks.shuffle({
        headers: { "idempotency-key": (key.current ||= freshKey()) }
      })
      key.current = ""
      notify("done", tell("tasks.shuffled", { open: all, reassigned }))
      haveChanged("tasks")
      changedSoon("accounts", "periods")
      onClose()
      const cost = reassigned === 0 ? undefined : await costAfter(period, last?.shuffle ?? 0)
      if (cost !== undefined) notify("done", tell("tasks.shuffled.cost", { fees: formats.money(cost.fees) }))
    } catch (error) {
      notify("refused", wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog title={tell("tasks.shuffle.title")} open={open} onClose={onClose}>
      <Suspense>
        <Costs />
      </Suspense>
      <div className="dialog-actions">
        <Button onClick={onClose}>{tell("action.cancel")}</Button>
        <Button look="grave" disabled={busy} onClick={() => void shuffle()}>
          {tell("tasks.shuffle")}
        </Button>
      </div>
    </Dialog>
  )
}

/** How many tasks it is about, and what the last one cost: what this one will, nobody can know before. */
const Costs = () => {
  const tell = useTexts()
  const formats = useFormats()
  const preview = useQuery({
    queryKey: ["periods", "shuffles", "preview"],
    queryFn: ({ signal }) => popug.billing.shufflePreview({}, { signal }),
    staleTime: 0
  })
  const last = useQuery(lastShuffle(useCompany().period)).data
  return (
    <div className="shuffle-costs">
      <Answer to={preview}>
        {({ fees, looked, movable, open, unpriced }) => (
          <p className="shuffle-open">
            {tell("tasks.shuffle.open", { count: open })}{" "}
            {looked < open && tell("tasks.shuffle.looked", { count: looked })}{" "}
            {open > 0 && tell("tasks.shuffle.cost", { count: movable, fees: formats.money(fees) })}{" "}
            {unpriced > 0 && tell("tasks.shuffle.unpriced", { count: unpriced })}
          </p>
        )}
      </Answer>
      <p>{tell("tasks.shuffle.hint")}</p>
      {last && (
        <p className="soft">{tell("tasks.shuffle.last", { count: last.reassigned, fees: formats.money(last.fees) })}</p>
      )}
    </div>
  )
}
