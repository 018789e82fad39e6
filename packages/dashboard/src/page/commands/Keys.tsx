const isApple = /Mac|iP(?:hone|ad)/u.test(navigator.userAgent)
const shown: Readonly<Record<string, string>> = {
  mod: isApple ? "⌘" : "Ctrl",
  Escape: "Esc",
  Enter: "↵",
  ArrowDown: "↓",
  ArrowUp: "↑"
}

/** Keys as they are on the keyboard: those to be held together, then those after one another. */
export const Keys = ({ keys }: { readonly keys: string }) => (
  <span className="keys">
    {keys.split(/[ +]/u).map((key) => (
      <kbd key={key}>{shown[key] ?? (key.length === 1 ? key.toUpperCase() : key)}</kbd>
    ))}
  </span>
)
