const isApple = /Mac|iP(?:hone|ad)/u.test(navigator.userAgent)
const shown: Readonly<Record<string, string>> = {
  mod: isApple ? "⌘" : "Ctrl",
  Escape: "Esc",
  Enter: "↵",
  ArrowDown: "↓",
  ArrowUp: "↑"
}

interface Props {
  readonly keys: string
  /** Whether they are read out, too: beside a button they only say how to do without it. */
  readonly read?: boolean
}

/** Keys as they are on the keyboard: those to be held together, then those after one another. */
export const Keys = ({ keys, read = false }: Props) => (
  <span className="keys" aria-hidden={!read}>
    {keys.split(/[ +]/u).map((key) => (
      <kbd key={key}>{shown[key] ?? (key.length === 1 ? key.toUpperCase() : key)}</kbd>
    ))}
  </span>
)
