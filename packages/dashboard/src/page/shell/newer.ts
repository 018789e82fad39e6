/**
 * A deploy under one's feet: the page that runs is not the one that the server has now. What it still needs may be
 * gone.
 */
import { atom } from "nanostores"
import { baseUrl } from "../session/config.ts"
import { $connection } from "../session/connection.ts"
import { scriptOf } from "./scriptOf.ts"

/** Whether the server has another page than this one. */
export const $newer = atom(false)

const look = async (): Promise<void> => {
  try {
    const response = await fetch(`${baseUrl}/`, { headers: { accept: "text/html" } })
    const there = response.ok ? scriptOf(await response.text()) : undefined
    const here = scriptOf(document.documentElement.outerHTML)
    if (there !== undefined && here !== undefined && there !== here) $newer.set(true)
  } catch {
    // Nobody answers: that is told by what needs an answer.
  }
}

/** Looks when a part of the page is missing, and when the server has been away. */
export const followVersions = (): void => {
  window.addEventListener("vite:preloadError", () => void look())
  $connection.subscribe(({ at }) => at === "back" && void look())
}
