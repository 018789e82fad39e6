/**
 * The keys that work here, by what they do.
 */
import { useStore } from "@nanostores/react"
import { useMemo, useState } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { $offered, useCommands } from "./commands.ts"
import { Keys } from "./Keys.tsx"
import "./help.css"

export const Help = () => {
  const tell = useTexts()
  const [open, setOpen] = useState(false)
  useCommands(useMemo(() => [{ id: "help", title: tell("help.title"), keys: "?", run: () => setOpen(true) }], [tell]))
  return (
    <Dialog title={tell("help.title")} open={open} onClose={() => setOpen(false)}>
      <List />
    </Dialog>
  )
}

const List = () => {
  const offered = useStore($offered)
  return (
    <dl className="help">
      {offered.map(({ id, isAlias, keys, title }) =>
        keys === undefined || isAlias === true ? null : (
          <div key={id}>
            <dt>{title}</dt>
            <dd>
              <Keys keys={keys} read />
            </dd>
          </div>
        )
      )}
    </dl>
  )
}
