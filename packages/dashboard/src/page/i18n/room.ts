import { type ComponentType, lazy } from "react"
import { loadTexts, type Room } from "./texts.ts"

/** A room of the page comes with its texts, and those of what it shows from elsewhere, when one first goes there. */
export const room = <Props extends object>(
  name: Room,
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
  ...more: ReadonlyArray<Room>
) => lazy(() => Promise.all([load(), ...[name, ...more].map(loadTexts)]).then(([module]) => module))
