/**
 * What can go wrong in a simulated company, and how often.
 */
import type { Chance } from "./world/Chance.ts"

/** For each fault how often it happens where it can, from 0 for never to 1 for always. */
export interface Faults {
  /** A process is gone before its commit. */
  readonly crashBeforeCommit: number
  /** A process is gone after its commit, before anybody hears of it. */
  readonly crashAfterCommit: number
  /** A process is gone between its commit and publishing the events. */
  readonly crashBeforePublish: number
  /** Whether a commit happened can't be told; half of them did. */
  readonly unknownOutcome: number
  /** A store can't be reached for a moment. */
  readonly unavailable: number
  /** Somebody else was there first, a retry helps. */
  readonly conflict: number
  /** A node stands still in the middle of a transaction, for up to two hours, and loses it. */
  readonly pause: number
  /** `publish` fails; half of the time the events were taken all the same. */
  readonly failPublish: number
  /** An acknowledgement is lost, and the event comes again. */
  readonly loseAcknowledgement: number
  readonly duplicate: number
  readonly delay: number
  /** Everything that arrives is held back for a while. */
  readonly withhold: number
  /** What is delivered together comes in any order. */
  readonly reorder: number
  /** A notice is not sent. */
  readonly failNotice: number
  /** By day and node: its clock is set wrong by up to three hours, forward or back. */
  readonly skew: number
  /** By day and node: it is killed at any moment. */
  readonly kill: number
  /** By day: all nodes are gone, for up to a day and a half. */
  readonly outage: number
  /** Apart: a context that is asked does not answer, and says so at once. */
  readonly refuse: number
  /** Apart: a question, or its answer, is under way for up to a minute. */
  readonly slow: number
  /** Apart: a head is waited for, for up to 15 seconds. */
  readonly wait: number
  /** Apart, by day and two contexts: they do not reach one another, for up to six hours. */
  readonly cut: number
}

export const none: Faults = {
  crashBeforeCommit: 0,
  crashAfterCommit: 0,
  crashBeforePublish: 0,
  unknownOutcome: 0,
  unavailable: 0,
  conflict: 0,
  pause: 0,
  failPublish: 0,
  loseAcknowledgement: 0,
  duplicate: 0,
  delay: 0,
  withhold: 0,
  reorder: 0,
  failNotice: 0,
  skew: 0,
  kill: 0,
  outage: 0,
  refuse: 0,
  slow: 0,
  wait: 0,
  cut: 0
}

/** Everything goes wrong now and then. */
export const all: Faults = {
  crashBeforeCommit: 0.005,
  crashAfterCommit: 0.005,
  crashBeforePublish: 0.005,
  unknownOutcome: 0.03,
  unavailable: 0.02,
  conflict: 0.02,
  pause: 0.01,
  failPublish: 0.1,
  loseAcknowledgement: 0.1,
  duplicate: 0.2,
  delay: 0.2,
  withhold: 0.1,
  reorder: 0.5,
  failNotice: 0.1,
  skew: 0.4,
  kill: 0.2,
  outage: 0.1,
  refuse: 0.02,
  slow: 0.1,
  wait: 0.05,
  cut: 0.1
}

export type Fault = keyof Faults
export const names = Object.keys(none) as ReadonlyArray<Fault>

/** What goes wrong between contexts alone. */
export const between: ReadonlyArray<Fault> = ["refuse", "slow", "wait", "cut"]

/** Some of all faults, as the seed says: each is off, as often as in `all`, or three times as often. */
export const drawn = (chance: Chance): Faults => {
  const faults: Record<Fault, number> = { ...none }
  for (const name of names) {
    const fate = chance.next()
    faults[name] = fate < 0.3 ? 0 : Math.min(1, all[name] * (fate < 0.8 ? 1 : 3))
  }
  return faults
}

/** Draws faults, each from a stream of its own, and counts them. */
export class Dice {
  readonly #faults: Faults
  readonly #streams: Readonly<Record<Fault, Chance>>
  readonly counts: Record<Fault, number> = { ...none }
  /** Nothing goes wrong any more. */
  calm = false

  constructor(faults: Faults, chance: Chance) {
    this.#faults = faults
    this.#streams = Object.fromEntries(names.map((name) => [name, chance.stream(name)])) as Record<Fault, Chance>
  }

  hit(fault: Fault): boolean {
    if (this.calm || !this.#streams[fault].hit(this.#faults[fault])) return false
    this.counts[fault] += 1
    return true
  }

  /** The stream that decides the details of a fault. */
  of(fault: Fault): Chance {
    return this.#streams[fault]
  }

  /** The rate of a fault that another part injects. */
  rate(fault: Fault): number {
    return this.#faults[fault]
  }
}
