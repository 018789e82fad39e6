import { useState } from "react"
import { useDraft } from "../data/drafts.ts"
import { freshKey } from "../data/freshKey.ts"
import { wordsOf } from "../data/problems.ts"
import { haveChanged } from "../data/queries.ts"
import { useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { notify } from "../ui/notices.tsx"
import { Refused } from "../ui/Refused.tsx"
import { Roles } from "./Roles.tsx"

const empty = { name: "", id: "", roles: ["worker"] as ReadonlyArray<string>, key: "" }

const createUser = async ({ id, key, name, roles }: typeof empty) => {
  const payload = { name: name.trim(), roles, ...(id.trim() === "" ? {} : { id: id.trim() }) }
  return (await popug.users.create({ payload, headers: { "idempotency-key": key } })).body
}

interface Props {
  readonly known: ReadonlyArray<string>
  readonly onDone: () => void
}

export const CreateOne = ({ known, onDone }: Props) => {
  const tell = useTexts()
  const [draft, write, forget] = useDraft("person", empty)
  const { id, name, roles } = draft
  const [refused, setRefused] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const create = async () => {
    // The same again, after an answer that was lost, makes no second person.
    const key = draft.key || freshKey()
    write({ key })
    setBusy(true)
    setRefused(undefined)
    try {
      const body = await createUser({ ...draft, key })
      forget()
      haveChanged("users", "tasks")
      notify("done", tell("people.created", { name: body.name }))
      onDone()
    } catch (error) {
      setRefused(wordsOf(error))
      setBusy(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void create()
      }}
    >
      <label>
        {tell("people.name")}
        <input
          className="field"
          required
          maxLength={200}
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          value={name}
          onChange={({ target: { value } }) => write({ name: value, key: "" })}
        />
      </label>
      <Roles known={known} roles={roles} onChange={(chosen) => write({ roles: chosen, key: "" })} />
      <label>
        {tell("people.id")}
        <input
          className="field"
          maxLength={64}
          pattern="[A-Za-z0-9_.\-]+"
          placeholder={tell("people.id.made")}
          value={id}
          onChange={({ target: { value } }) => write({ id: value, key: "" })}
        />
      </label>
      <Refused>{refused}</Refused>
      <div className="dialog-actions">
        <Button onClick={onDone}>{tell("action.cancel")}</Button>
        <Button type="submit" look="primary" disabled={isBusy || name.trim() === "" || roles.length === 0}>
          {tell("people.create")}
        </Button>
      </div>
    </form>
  )
}
