/**
 * Mistakes built in on purpose. Each must be found within 50 seeds; the company without them must be clean.
 */
import { TaskStore } from "@popug/core"
import * as Context from "effect/Context"
import { bugsApart } from "./apart.ts"
import type { Bug } from "./Bug.ts"
import { followingTheClock, loadingEarly } from "./mutatedTaskStore.ts"
import * as NaiveBilling from "./NaiveBilling.ts"
import type { Mistake } from "./naiveBooking.ts"

export type { Bug } from "./Bug.ts"

const naive = (mistake: Mistake, description: string): Bug => ({
  name: mistake,
  description,
  popug: NaiveBilling.layer(mistake)
})

/** The naive billing without a mistake: the control of the four that follow. */
export const control = naive("nothing", "a naive billing that makes no mistake")

export const trustsTheBus = naive("trusts the order of the bus", "events are applied as they come")

export const closesWithoutCounting = naive("closes without counting", "a marker closes a day that is not complete")

export const chargesOnRedelivery = naive("charges on redelivery", "an event that comes again is charged again")

export const goesByItsOwnClock = naive("goes by its own clock", "the consumer's clock decides the period")

export const loadsBeforeTheHead: Bug = {
  name: "loads before the head",
  description: "a commit loads before it takes the head, and decides on stale rows",
  ports: (ports) => Context.add(ports, TaskStore, loadingEarly(Context.get(ports, TaskStore)))
}

export const followsTheClock: Bug = {
  name: "follows a clock that goes back",
  description: "a day is ended under a clock that goes back",
  ports: (ports, company) => Context.add(ports, TaskStore, followingTheClock(Context.get(ports, TaskStore), company))
}

/** Mistakes of contexts that run apart. */
export const apart: ReadonlyArray<Bug> = bugsApart

/** All of those of a whole company but the control, by their names. */
export const all: ReadonlyArray<Bug> = [
  trustsTheBus,
  closesWithoutCounting,
  chargesOnRedelivery,
  goesByItsOwnClock,
  loadsBeforeTheHead,
  followsTheClock
]
