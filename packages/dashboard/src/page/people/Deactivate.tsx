import { useQuery } from "@tanstack/react-query"
import { useTexts } from "../i18n/texts.ts"
import { signedIn } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { notify } from "../ui/notices.tsx"
import { changeUser, openTasks, type User } from "./users.ts"

interface Props {
  readonly user: User
  readonly open: boolean
  readonly onClose: () => void
}

/** Says what a deactivation moves before it is done. */
export const Deactivate = ({ onClose, open, user }: Props) => {
  const tell = useTexts()
  return (
    <Dialog title={tell("people.deactivate.title", { name: user.name })} open={open} onClose={onClose}>
      <Means user={user} onClose={onClose} />
    </Dialog>
  )
}

const Means = ({ onClose, user: { id, name } }: Omit<Props, "open">) => {
  const tell = useTexts()
  const held = useQuery({ ...openTasks(id), staleTime: 0 })
  const deactivate = async () => {
    onClose()
    if (await changeUser(id, { status: "deactivated" })) notify("done", tell("people.deactivate.done", { name }))
  }
  return (
    <>
      <Answer to={held}>
        {({ count, more }) => (
          <p className={count > 0 ? "people-warning" : "soft"}>
            {tell(more ? "people.deactivate.many" : "people.deactivate.moves", { count })}
          </p>
        )}
      </Answer>
      <p className="people-means">{tell("people.deactivate.means")}</p>
      {id === signedIn().id && <p className="people-warning">{tell("people.self.deactivate")}</p>}
      <div className="dialog-actions">
        <Button onClick={onClose}>{tell("action.cancel")}</Button>
        <Button look="grave" disabled={held.data === undefined} onClick={() => void deactivate()}>
          {tell("people.deactivate")}
        </Button>
      </div>
    </>
  )
}
