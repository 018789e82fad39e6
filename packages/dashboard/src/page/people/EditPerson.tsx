import type { FormEvent } from "react"
import { forgetDraft, keepDraft, useDraft } from "../data/drafts.ts"
import { usePeople } from "../data/people.ts"
import { changesOf } from "../data/savedOver.ts"
import { useTexts } from "../i18n/texts.ts"
import { getsTasks } from "../session/me.ts"
import { signedIn } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { Roles } from "./Roles.tsx"
import { rolesOf } from "./shown.ts"
import { changePerson, etagOf, told, type User } from "./users.ts"

interface Props {
  readonly user: User
  readonly open: boolean
  readonly onClose: () => void
}

/** What somebody is called, and what they are. */
export const EditPerson = ({ onClose, open, user }: Props) => {
  const tell = useTexts()
  return (
    <Dialog title={tell("people.edit.title", { name: user.name })} open={open} onClose={onClose}>
      <Form user={user} onClose={onClose} />
    </Dialog>
  )
}

const Form = ({ onClose, user }: Omit<Props, "open">) => {
  const tell = useTexts()
  const people = usePeople()
  const draft = `person.${user.id}`
  const began = { name: user.name, roles: user.roles }
  // Others may change them until it is sent: what it was typed over is kept with it.
  const [{ etag, name, roles, was }, write, forget] = useDraft(draft, { ...began, was: began, etag: etagOf(user.id) })
  const typed = { name: name.trim(), roles }
  const isSame = Object.keys(changesOf(was, typed)).length === 0
  const save = async (event: FormEvent) => {
    event.preventDefault()
    onClose()
    // Until it is done it is kept: who is refused finds here what they typed.
    const left = await changePerson(user.id, { was, etag }, typed)
    if (left === undefined) return
    if (left !== "done") return keepDraft(draft, { ...left.typed, was: left.was, etag: left.etag })
    forgetDraft(draft)
    told(typed.name)
  }
  const cancel = () => {
    forget()
    onClose()
  }
  return (
    <form onSubmit={(event) => void save(event)}>
      <label>
        {tell("people.name")}
        <input
          className="field"
          required
          maxLength={200}
          value={name}
          onChange={({ target: { value } }) => write({ name: value })}
        />
      </label>
      <Roles known={rolesOf(people)} roles={roles} onChange={(chosen) => write({ roles: chosen })} />
      {getsTasks(user) && !getsTasks({ roles }) && <p className="people-warning">{tell("people.promoted")}</p>}
      {user.id === signedIn().id && user.roles.includes("admin") && !roles.includes("admin") && (
        <p className="people-warning">{tell("people.self.roles")}</p>
      )}
      <div className="dialog-actions">
        <Button onClick={cancel}>{tell("action.cancel")}</Button>
        <Button type="submit" look="primary" disabled={isSame || name.trim() === "" || roles.length === 0}>
          {tell("action.save")}
        </Button>
      </div>
    </form>
  )
}
