/** Light, dark, or what the system has; the choice is kept in this browser. */
import { atom } from "nanostores"
import { inBrowser } from "../browser/kept.ts"

export const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

const kept = "popug.theme"

export const $theme = atom<Theme>(themes.find((name) => name === inBrowser.get(kept)) ?? "system")

export const applyTheme = (name: Theme): void => {
  if (name === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = name
}

export const chooseTheme = (name: Theme): void => {
  inBrowser.set(kept, name)
  $theme.set(name)
  applyTheme(name)
}
