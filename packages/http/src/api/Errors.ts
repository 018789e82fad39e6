/**
 * Which problems which kind of request can meet, so that each endpoint names only its own.
 */
import * as Problem from "./Problem.ts"

/** Of every request that names who asks. */
export const read = [
  Problem.InvalidInput,
  Problem.UnknownActor,
  Problem.DeactivatedActor,
  Problem.NotAllowed,
  Problem.Unavailable
] as const

/** Of every command. */
export const command = [...read, Problem.CommandConflict] as const

/** Of every command of the tasks context: the first of a day may find that the clock has jumped. */
export const taskCommand = [...command, Problem.ClockJumped] as const
