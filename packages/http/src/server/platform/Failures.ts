/**
 * Requests that fail by a fault of ours. The first of a kind at a route is told in the log, and those after it only to
 * whoever looks closer (Debug), each under the id that its caller got, until the route has served for a minute: a
 * database that has lost a right must not fill the log with what everybody who asks meets.
 */
import { Trouble } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"

/** For how long a route must serve all that is asked of it before its trouble is over, in milliseconds. */
const quiet = 60_000

/** The troubles of one route. */
interface Troubles {
  readonly failed: Trouble.Trouble
  readonly unwritten: Trouble.Trouble
  readonly slow: Trouble.Trouble
}

/** Routes are given by method and template: there are few of them. */
export interface Failures {
  /** A request came to nothing. */
  readonly failed: (route: string, cause: Cause.Cause<unknown>) => Effect.Effect<void>
  /** Its answer could not be written by its schema. */
  readonly unwritten: (route: string, cause: Cause.Cause<unknown>) => Effect.Effect<void>
  /** It took too long and was interrupted. */
  readonly slow: (route: string) => Effect.Effect<void>
  /** Whether no route is in trouble, and none has to be told that it served. */
  readonly isCalm: () => boolean
  /** It was answered as it should be. */
  readonly served: (route: string) => Effect.Effect<void>
}

const trouble = (what: string, log: typeof Effect.logError): Trouble.Trouble =>
  Trouble.calmed(Trouble.make(what, { log, again: Effect.logDebug, then: "the same again is said at Debug" }), quiet)

export const make = (): Failures => {
  const routes = new Map<string, Troubles>()
  const of = (route: string): Troubles => {
    const known = routes.get(route)
    if (known !== undefined) return known
    const made = {
      failed: trouble(`${route} failed`, Effect.logError),
      unwritten: trouble(`an answer of ${route} could not be written`, Effect.logError),
      slow: trouble(`${route} took too long and was interrupted`, Effect.logWarning)
    }
    routes.set(route, made)
    return made
  }
  return {
    failed: (route, cause) => of(route).failed.met(cause),
    unwritten: (route, cause) => of(route).unwritten.met(cause),
    slow: (route) => of(route).slow.met(Cause.empty),
    isCalm: () => routes.size === 0,
    served: (route) => {
      const known = routes.get(route)
      if (known === undefined) return Effect.void
      return Effect.andThen(known.failed.over, Effect.andThen(known.unwritten.over, known.slow.over))
    }
  }
}
