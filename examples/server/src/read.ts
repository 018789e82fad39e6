/**
 * The settings of an environment, or everything that is wrong with it.
 */
import { ofServer } from "./contradictions.ts"
import { reader } from "./reading.ts"
import { sections } from "./settings.ts"

export const read = reader(sections, ofServer)
