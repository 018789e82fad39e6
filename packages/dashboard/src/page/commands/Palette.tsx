/**
 * Every command by its name.
 */
import { useStore } from "@nanostores/react"
import { useMemo, useState } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { Find } from "../ui/Find.tsx"
import { $offered, useCommands } from "./commands.ts"
import { Keys } from "./Keys.tsx"

export const Palette = () => {
  const tell = useTexts()
  const [open, setOpen] = useState(false)
  useCommands(
    useMemo(() => [{ id: "palette", title: tell("palette.label"), keys: "mod+k", run: () => setOpen(true) }], [tell])
  )
  return (
    <Dialog title={tell("palette.label")} look="find" open={open} onClose={() => setOpen(false)}>
      <Commands close={() => setOpen(false)} />
    </Dialog>
  )
}

const Commands = ({ close }: { readonly close: () => void }) => {
  const tell = useTexts()
  const commands = useStore($offered).filter(({ id, isAlias }) => id !== "palette" && isAlias !== true)
  return (
    <Find
      label={tell("palette.label")}
      none={tell("palette.none")}
      options={commands.map(({ id, keys, title }) => ({
        id,
        text: title,
        shown: (
          <>
            <span>{title}</span>
            {keys !== undefined && <Keys keys={keys} />}
          </>
        )
      }))}
      choose={(id) => {
        close()
        commands.find((command) => command.id === id)?.run()
      }}
    />
  )
}
