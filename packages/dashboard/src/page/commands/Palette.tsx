/**
 * Every command by its name: the combobox of the ARIA practices, in a dialog.
 */
import { useStore } from "@nanostores/react"
import { useEffect, useId, useMemo, useState } from "react"
import { useTexts } from "../i18n/texts.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { $offered, type Command, useCommands } from "./commands.ts"
import { Keys } from "./Keys.tsx"
import "./palette.css"

/** The commands whose names have all the words, in any order. */
export const matching = (commands: ReadonlyArray<Command>, text: string): ReadonlyArray<Command> => {
  const words = text.toLocaleLowerCase().split(/\s+/u)
  return commands.filter(({ title }) => words.every((word) => title.toLocaleLowerCase().includes(word)))
}

export const Palette = () => {
  const tell = useTexts()
  const [open, setOpen] = useState(false)
  useCommands(
    useMemo(() => [{ id: "palette", title: tell("palette.label"), keys: "mod+k", run: () => setOpen(true) }], [tell])
  )
  return (
    <Dialog title={tell("palette.label")} open={open} onClose={() => setOpen(false)}>
      <Choice close={() => setOpen(false)} />
    </Dialog>
  )
}

const Choice = ({ close }: { readonly close: () => void }) => {
  const tell = useTexts()
  const list = useId()
  const [text, setText] = useState("")
  const [at, setAt] = useState(0)
  const commands = matching(useStore($offered), text).filter(({ id }) => id !== "palette")
  const chosen = commands[Math.min(at, commands.length - 1)]
  useEffect(() =>
    document.querySelector(`#${CSS.escape(list)} [aria-selected="true"]`)?.scrollIntoView({ block: "nearest" })
  )
  const run = (command: Command | undefined) => {
    if (command === undefined) return
    close()
    command.run()
  }
  const step = (by: number) =>
    setAt((now) => (Math.min(now, commands.length - 1) + by + commands.length) % commands.length)
  return (
    <>
      <input
        className="field"
        role="combobox"
        aria-label={tell("palette.label")}
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen.id}`}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") step(1)
          else if (event.key === "ArrowUp") step(-1)
          else if (event.key === "Enter") run(chosen)
          else return
          event.preventDefault()
        }}
      />
      <ul id={list} role="listbox" aria-label={tell("palette.label")} className="palette">
        {commands.map((command) => (
          <li
            key={command.id}
            id={`${list}-${command.id}`}
            role="option"
            aria-selected={command === chosen}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            {command.keys !== undefined && <Keys keys={command.keys} />}
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p className="soft">{tell("palette.none")}</p>}
    </>
  )
}
