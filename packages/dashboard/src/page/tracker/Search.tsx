import { useStore } from "@nanostores/react"
import { useEffect, useMemo, useRef, useState } from "react"
import { $address, filter as setFilter } from "../address/address.ts"
import { useCommands } from "../commands/commands.ts"
import { Keys } from "../commands/Keys.tsx"
import { useTexts } from "../i18n/texts.ts"
import { Icon } from "../ui/Icon.tsx"

/** Long enough to type another letter. */
const pause = 180

/** A search, which is in the address a moment after it was typed. */
export const Search = () => {
  const tell = useTexts()
  const inAddress = useStore($address).query.get("q") ?? ""
  const [typed, setTyped] = useState(inAddress)
  const sent = useRef(inAddress)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (typed === sent.current) return undefined
    const waiting = setTimeout(() => {
      sent.current = typed
      setFilter({ q: typed.trim() })
    }, pause)
    return () => clearTimeout(waiting)
  }, [typed])
  useEffect(() => {
    // Somebody else changed it: a step back, a link, a button.
    if (inAddress === sent.current.trim()) return
    sent.current = inAddress
    setTyped(inAddress)
  }, [inAddress])
  useCommands(
    useMemo(
      () => [{ id: "task-search", title: tell("tasks.search"), keys: "/", run: () => field.current?.focus() }],
      [tell]
    )
  )
  return (
    <label className="search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={tell("tasks.search")}
        placeholder={tell("tasks.search")}
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return
          if (typed === "") field.current?.blur()
          else setTyped("")
        }}
      />
      {typed === "" && <Keys keys="/" />}
    </label>
  )
}
