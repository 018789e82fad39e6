/** Light, dark, or what the system has; the choice is kept in this browser. */
import * as Atom from "effect/reactivity/Atom"
import { set } from "../atoms/atoms.ts"

export const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

const kept = "popug.theme"

export const theme: Atom.Writable<Theme> = Atom.keepAlive(
  Atom.make<Theme>(themes.find((name) => name === window.localStorage.getItem(kept)) ?? "system")
)

export const applyTheme = (name: Theme): void => {
  if (name === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = name
}

export const chooseTheme = (name: Theme): void => {
  window.localStorage.setItem(kept, name)
  set(theme, name)
  applyTheme(name)
}
