import { useTexts } from "../i18n/texts.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { CreateOne } from "./CreateOne.tsx"
import { CreatePasted } from "./CreatePasted.tsx"

interface Props {
  readonly how: "one" | "many" | null
  readonly change: (how: "one" | "many" | null) => void
  readonly known: ReadonlyArray<string>
}

/** New people: one, or many out of pasted lines. */
export const Create = ({ change, how, known }: Props) => {
  const tell = useTexts()
  const close = () => change(null)
  return (
    <Dialog title={tell(how === "many" ? "people.new.many" : "people.new")} open={how !== null} onClose={close}>
      {how === "many" ? <CreatePasted onDone={close} /> : <CreateOne known={known} onDone={close} />}
    </Dialog>
  )
}
