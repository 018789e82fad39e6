import { type ComponentType, lazy } from "react"
import { loadTexts, type Room } from "./texts.ts"

/** A room of the page comes with its texts, when somebody first goes there. */
export const room = <Props extends object>(
  name: Room,
  load: () => Promise<{ readonly default: ComponentType<Props> }>
) => lazy(() => Promise.all([load(), loadTexts(name)]).then(([module]) => module))
