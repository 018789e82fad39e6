/**
 * One of many by typing a part of it: the combobox of the ARIA practices.
 */
import { type ReactNode, useEffect, useId, useState } from "react"
import "./find.css"

export interface Option {
  readonly id: string
  /** What is looked for. */
  readonly text: string
  readonly shown: ReactNode
}

interface Props {
  readonly label: string
  /** What is said when nothing has the words. */
  readonly none: string
  readonly options: ReadonlyArray<Option>
  /** Told what is typed: the options are then what was found for it. */
  readonly search?: (text: string) => void
  readonly choose: (id: string) => void
}

/** Those whose texts have all the words, in any order. */
export const matching = <A extends { readonly text: string }>(
  all: ReadonlyArray<A>,
  words: string
): ReadonlyArray<A> => {
  const wanted = words.toLocaleLowerCase().split(/\s+/u)
  return all.filter(({ text }) => wanted.every((word) => text.toLocaleLowerCase().includes(word)))
}

/** Whoever types finds the rest. */
const atMost = 60

export const Find = ({ choose, label, none, options, search }: Props) => {
  const list = useId()
  const [text, setText] = useState("")
  const [at, setAt] = useState(0)
  const found = (search === undefined ? matching(options, text) : options).slice(0, atMost)
  const chosen = found[Math.min(at, found.length - 1)]
  useEffect(() => {
    // What it returns, a promise in some browsers, is no clean-up.
    document.querySelector(`#${CSS.escape(list)} [aria-selected="true"]`)?.scrollIntoView({ block: "nearest" })
  })
  const step = (by: number) => setAt((now) => (Math.min(now, found.length - 1) + by + found.length) % found.length)
  return (
    <>
      <input
        className="field"
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen.id}`}
        placeholder={label}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          search?.(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === "ArrowDown") step(1)
          else if (event.key === "ArrowUp") step(-1)
          else if (event.key !== "Enter") return
          else if (chosen !== undefined) choose(chosen.id)
          event.preventDefault()
        }}
      />
      <ul id={list} role="listbox" aria-label={label} className="find">
        {found.map((option) => (
          <li
            key={option.id}
            id={`${list}-${option.id}`}
            role="option"
            aria-selected={option === chosen}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(option.id)}
          >
            {option.shown}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="soft find-none">{none}</p>}
    </>
  )
}
