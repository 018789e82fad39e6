import { type ComponentType, lazy } from "react"
import { loadTexts, type Room } from "./texts.ts"

const comings = new Map<Room, () => Promise<unknown>>()

/** A room of the page comes with its texts, and those of what it shows from elsewhere, when one first goes there. */
export const room = <Props extends object>(
  name: Room,
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
  ...more: ReadonlyArray<Room>
) => {
  const come = () => Promise.all([load(), ...[name, ...more].map(loadTexts)]).then(([module]) => module)
  comings.set(name, come)
  return lazy(come)
}

/** Has a room come before one is there: who points at the way to it will go. */
export const awaitRoom = (name: Room): void =>
  // What fails now is told when one goes there.
  void comings
    .get(name)?.()
    .catch(() => undefined)
