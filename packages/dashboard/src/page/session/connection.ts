/**
 * Whether the server answers, as every request of the page finds out: what the page says of it is one calm line, and
 * whoever waits is told when it is back.
 */
import { atom } from "nanostores"

export type Connection =
  | { readonly at: "well" | "offline" | "troubled" | "back" }
  | { readonly at: "busy"; readonly seconds: number }

const well = { at: "well" } as const

export const $connection = atom<Connection>(well)

/** How long "it is back" is shown, in milliseconds. */
const gladFor = 4_000

/** What an answer says about the server; a 500 is about the request alone. */
export const told = (status: number, retryAfter: string | null): Connection => {
  // What stands in front of a server may name an instant instead, by a clock of its own.
  if (status === 429) return { at: "busy", seconds: Number.parseInt(retryAfter ?? "", 10) || 1 }
  return status >= 502 && status <= 504 ? { at: "troubled" } : well
}

/** How the page feels about the server after the next answer: what was bad and is well now is worth a word. */
export const next = (before: Connection, now: Connection): Connection => {
  if (now.at !== "well") return now
  return before.at === "offline" || before.at === "troubled" ? { at: "back" } : before.at === "busy" ? well : before
}

/** What is not asked for again says nothing any more, after so many milliseconds without trouble. */
const forgottenAfter = 20_000

/** Which requests have had trouble: it is over when all of them are answered well, not when something else is. */
export const makeTroubles = (forget: () => void) => {
  const paths = new Set<string>()
  let forgetting: ReturnType<typeof setTimeout> | undefined
  return {
    /** Whether an answer changes how the server is, as far as that is known. */
    hear: (path: string, { at }: Connection): boolean => {
      if (at !== "troubled") {
        paths.delete(path)
        return at !== "well" || paths.size === 0
      }
      paths.add(path)
      clearTimeout(forgetting)
      forgetting = setTimeout(() => {
        paths.clear()
        forget()
      }, forgottenAfter)
      return true
    },
    /** None of them matter where nothing is answered. */
    clear: () => paths.clear()
  }
}

const is = (now: Connection): void => {
  const before = $connection.get()
  const after = next(before, now)
  if (after.at === before.at && after.at !== "busy") return
  $connection.set(after)
  const passing = after.at === "back" ? gladFor : after.at === "busy" ? after.seconds * 1_000 : undefined
  if (passing !== undefined) setTimeout(() => $connection.get() === after && $connection.set(well), passing)
}

const troubles = makeTroubles(() => $connection.get().at === "troubled" && $connection.set(well))

type Input = Parameters<typeof globalThis.fetch>[0]

const pathOf = (input: Input): string => String(input instanceof Request ? input.url : input).replace(/\?.*$/su, "")

/** `fetch`, by which the page knows how the server is. */
export const watchedFetch: typeof globalThis.fetch = async (input, init) => {
  try {
    const response = await globalThis.fetch(input, init)
    const now = told(response.status, response.headers.get("retry-after"))
    if (troubles.hear(pathOf(input), now)) is(now)
    return response
  } catch (error) {
    if (init?.signal?.aborted !== true) {
      troubles.clear()
      is({ at: "offline" })
    }
    throw error
  }
}
