/**
 * Which company the page shows, where its server has many: the address says it, or whoever is let in is told. Where
 * there is one, nothing says so.
 */
import { atom } from "nanostores"
import { config } from "./config.ts"

export const $which = atom<string | undefined>(config.company ?? undefined)
