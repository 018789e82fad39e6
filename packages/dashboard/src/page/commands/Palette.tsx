/**
 * Every command by its name, everybody by theirs, and the tasks with some words.
 */
import { useStore } from "@nanostores/react"
import { useMemo, useState } from "react"
import { go } from "../address/address.ts"
import { personPath } from "../address/paths.ts"
import { useFoundPeople } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { Find, matching } from "../ui/Find.tsx"
import { Named } from "../ui/Person.tsx"
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

/** So many people are shown beside the commands: whoever types more finds the others. */
const peopleAtMost = 8

const Commands = ({ close }: { readonly close: () => void }) => {
  const tell = useTexts()
  const [typed, setTyped] = useState("")
  const words = typed.trim()
  const people = useFoundPeople(words)
  const commands = useStore($offered)
    .filter(({ id, isAlias }) => id !== "palette" && isAlias !== true)
    .map(({ id, keys, run, title }) => ({
      id,
      text: title,
      shown: (
        <>
          <span>{title}</span>
          {keys !== undefined && <Keys keys={keys} />}
        </>
      ),
      run
    }))
  const others = [
    ...people.slice(0, peopleAtMost).map(({ id, name }) => ({
      id: `person:${id}`,
      text: name,
      shown: <Named id={id} name={name} />,
      run: () => go(personPath(id))
    })),
    {
      id: "tasks-with",
      text: words,
      shown: tell("palette.tasks", { words }),
      run: () => go("/tasks", { q: words, status: "all" })
    }
  ]
  const options = [...matching(commands, words), ...(words === "" ? [] : others)]
  return (
    <Find
      label={tell("palette.label")}
      none={tell("palette.none")}
      options={options}
      search={setTyped}
      choose={(id) => {
        close()
        options.find((option) => option.id === id)?.run()
      }}
    />
  )
}
