import { useQuery } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { useDraft } from "../data/drafts.ts"
import { wordsOf } from "../data/problems.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { notify } from "../ui/notices.tsx"
import { Refused } from "../ui/Refused.tsx"
import { EventList } from "./EventList.tsx"
import { nameOf } from "./names.ts"
import { passedOver } from "./queries.ts"
import { resume } from "./resuming.ts"
import type { Stream } from "./streams.ts"

interface Props {
  readonly stream: Stream
  /** The least that can be passed over. */
  readonly least: number
  readonly open: boolean
  readonly onClose: () => void
}

/** Asks for what is never to be applied, and why; and says what that means. */
export const Skip = ({ onClose, open, ...rest }: Props) => {
  const tell = useTexts()
  return (
    <Dialog title={tell("operator.skip.title", { name: nameOf(tell, rest.stream) })} open={open} onClose={onClose}>
      <Form {...rest} onClose={onClose} />
    </Dialog>
  )
}

const Form = ({ least, onClose, stream }: Omit<Props, "open">) => {
  const tell = useTexts()
  const [{ reason }, setDraft, forget] = useDraft(`skip.${stream.consumer}`, { reason: "" })
  const [through, setThrough] = useState(least)
  const [refused, setRefused] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const count = through - stream.number
  const events = useQuery({ ...passedOver(stream.source, stream.number, through), enabled: through >= least })
  const skip = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setRefused(undefined)
    const name = nameOf(tell, stream)
    try {
      const goesOn = await resume(stream.consumer, { through, reason: reason.trim() })
      forget()
      onClose()
      notify(goesOn ? "done" : "refused", tell(goesOn ? "operator.resumed" : "operator.stoppedAgain", { name }))
    } catch (error) {
      setRefused(wordsOf(error))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void skip(event)}>
      <p>{tell("operator.skip.what", { count, first: stream.number + 1, last: through })}</p>
      {count > 0 && <EventList asked={events} number={stream.number + 1} />}
      {count > 0 && <p className="operator-warning">{tell("operator.skip.means")}</p>}
      <label>
        {tell("operator.skip.through")}
        <input
          type="number"
          className="field"
          required
          min={least}
          step={1}
          value={through}
          onChange={({ target: { valueAsNumber } }) => setThrough(Number.isNaN(valueAsNumber) ? least : valueAsNumber)}
        />
      </label>
      <label>
        {tell("operator.skip.reason")}
        <textarea
          className="field"
          required
          rows={2}
          maxLength={500}
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          value={reason}
          onChange={({ target: { value } }) => setDraft({ reason: value.replaceAll(/[\r\n]+/gu, " ") })}
        />
      </label>
      <Refused>{refused}</Refused>
      <div className="dialog-actions">
        <Button onClick={onClose}>{tell("action.cancel")}</Button>
        <Button type="submit" look="grave" disabled={isBusy || reason.trim() === ""}>
          {tell("operator.skip.do", { count })}
        </Button>
      </div>
    </form>
  )
}
