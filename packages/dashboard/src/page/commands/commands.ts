/**
 * What one can do here, by a key or by name: views say what they offer while they are shown, and the palette lists it.
 */
import { atom } from "nanostores"
import { useEffect } from "react"
import { letterOf } from "./letterOf.ts"

export interface Command {
  readonly id: string
  readonly title: string
  /** The keys: one, such as `c` or `mod+k`, or two after one another, such as `g t`. */
  readonly keys?: string
  /** Another key for what has one already: not worth a line of its own. */
  readonly isAlias?: boolean
  /** Whether it is done again and again while the key is held: steps are, and nothing that changes anything. */
  readonly repeats?: boolean
  readonly run: () => void
}

export const $offered = atom<ReadonlyArray<Command>>([])

/** Offers commands for as long as the component is shown. The list must stay the same between drawings (`useMemo`). */
export const useCommands = (commands: ReadonlyArray<Command>): void =>
  useEffect(() => {
    $offered.set([...commands, ...$offered.get()])
    return () => $offered.set($offered.get().filter((command) => !commands.includes(command)))
  }, [commands])

/** Does what is offered under a name. */
export const runCommand = (id: string): void =>
  $offered
    .get()
    .find((command) => command.id === id)
    ?.run()

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])"))

const places: Readonly<Record<string, string>> = { Slash: "/" }

/** How long the second of two keys may take. */
const patience = 1_000

/** Runs commands by their keys. In a field only those with a modifier are heard, so that one can type. */
export const followKeys = (): void => {
  let first = ""
  let forgetting: ReturnType<typeof setTimeout> | undefined
  window.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return
    const modified = event.metaKey || event.ctrlKey
    if (!modified && (isTyping(event.target) || document.querySelector("dialog[open]") !== null)) return
    const key = `${modified ? "mod+" : ""}${letterOf(event)}`
    const keys = first === "" ? key : `${first} ${key}`
    const all = $offered.get()
    const found =
      all.find((command) => command.keys === keys) ??
      all.find((command) => command.keys === key) ??
      // A slash is elsewhere on some keyboards, and its own key has something else.
      all.find((command) => !event.shiftKey && event.code in places && command.keys === places[event.code])
    if (event.repeat && found?.repeats !== true) {
      // A key that is held was meant once.
      if (found !== undefined) event.preventDefault()
      return
    }
    clearTimeout(forgetting)
    first = ""
    if (found !== undefined) {
      event.preventDefault()
      found.run()
    } else if (all.some((command) => command.keys?.startsWith(`${key} `))) {
      first = key
      forgetting = setTimeout(() => (first = ""), patience)
    }
  })
}
