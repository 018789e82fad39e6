import { type FormEvent, useMemo, useState } from "react"
import { useDraft } from "../data/drafts.ts"
import { freshKey } from "../data/freshKey.ts"
import { wordsOf } from "../data/problems.ts"
import { haveChanged } from "../data/queries.ts"
import { useTexts } from "../i18n/texts.ts"
import { knownRoles } from "../session/me.ts"
import { popug } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { notify } from "../ui/notices.tsx"
import { Refused } from "../ui/Refused.tsx"
import { rolesText, roleText } from "../ui/roles.ts"
import { type Pasted, pastedPeople } from "./pastedPeople.ts"

/** So many people a server creates at once. */
const atMost = 1_000

/** Many people out of pasted lines, shown as they will be: all of them are created, or none. */
export const CreatePasted = ({ onDone }: { readonly onDone: () => void }) => {
  const tell = useTexts()
  const [draft, write, forget] = useDraft("people", { text: "", key: "" })
  const [refused, setRefused] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const found = useMemo(
    () =>
      pastedPeople(draft.text, (word) => knownRoles.find((role) => roleText(tell, role).toLocaleLowerCase() === word)),
    [draft.text, tell]
  )
  const { bad, people } = found
  const create = async (event: FormEvent) => {
    event.preventDefault()
    const key = draft.key || freshKey()
    write({ key })
    setBusy(true)
    setRefused(undefined)
    try {
      await popug.users.createMany({ payload: { users: people }, headers: { "idempotency-key": key } })
      forget()
      haveChanged("users", "tasks")
      notify("done", tell("people.created.many", { count: people.length }))
      onDone()
    } catch (error) {
      setRefused(wordsOf(error))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void create(event)}>
      <label>
        {tell("people.lines")}
        <textarea
          className="field"
          rows={7}
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          placeholder={tell("people.lines.example")}
          value={draft.text}
          onChange={({ target: { value } }) => write({ text: value, key: "" })}
        />
      </label>
      <Preview found={found} />
      {people.length > atMost && <p className="refused">{tell("people.lines.many", { count: atMost })}</p>}
      <Refused>{refused}</Refused>
      <div className="dialog-actions">
        <Button onClick={onDone}>{tell("action.cancel")}</Button>
        <Button
          type="submit"
          look="primary"
          disabled={isBusy || people.length === 0 || people.length > atMost || bad.length > 0}
        >
          {tell("people.create.many", { count: people.length })}
        </Button>
      </div>
    </form>
  )
}

const Preview = ({ found: { bad, people } }: { readonly found: Pasted }) => {
  const tell = useTexts()
  return (
    <div role="status" className="people-preview">
      {bad.map(({ line, why }) => (
        <p key={line} className="refused">
          {tell(`people.bad.${why}`, { line })}
        </p>
      ))}
      <ul>
        {people.map(({ name, roles }, at) => (
          // oxlint-disable-next-line react/no-array-index-key
          <li key={at}>
            <bdi>{name}</bdi> <span className="soft">{rolesText(tell, roles)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
