/**
 * Rounds of work in trouble: people work while things go wrong; then all is mended, what was asked is answered and a
 * day is ended; and everything must come to rest by itself, and be as the model has it.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { Elsewhere } from "@popug/testkit/simulation"
import { audit, type Findings } from "./audit.ts"
import { Clients } from "./Clients.ts"
import type { Deployment } from "./Deployment.ts"
import { each } from "./down.ts"
import { moveAll, moveSome, unsettled, until } from "./settling.ts"
import { type Counts, trouble } from "./troubles.ts"

/** How long whatever must happen by itself may take, in milliseconds: the machine is shared. */
const patience = 120_000

interface Progress {
  readonly round: number
  readonly commands: number
  readonly days: number
  readonly counts: Counts
}

export interface Outcome extends Findings {
  readonly commands: number
  readonly refused: number
  /** How often a command was sent beyond the first time. */
  readonly again: number
  readonly counts: Counts
  /** The longest that anything took to come to rest, in milliseconds. */
  readonly slowest: number
}

export interface Options {
  readonly rounds: number
  readonly seed: number
  readonly people: number
  readonly onRound: (progress: Progress) => void
  readonly note: (line: string) => void
}

export const run = async (deployment: Deployment, options: Options): Promise<Outcome> => {
  const { note, onRound, people, rounds, seed } = options
  const { company } = deployment
  const chance = new Elsewhere.Chance(`${seed}`)
  const counts: Counts = {}
  const opened = Date.now()
  let days = 0
  let slowest = 0
  await company.ready
  const clients = await Clients.make(company, chance.stream("clients"), 5)
  await clients.found()

  const wrong: Array<string> = []
  let found: Findings = { events: 0, transfers: 0, periods: 0, violations: [] }
  const taken = () => clients.asked.filter(({ outcome }) => outcome?._tag === "Acknowledged").length

  /** Ends a day once nothing goes wrong any more, waits for what comes of it, and checks; false if that is wrong. */
  const settle = async (what: string, isLast: boolean): Promise<boolean> => {
    const began = Date.now()
    if (!(await clients.answered(patience))) {
      const open = clients.asked.filter(({ outcome }) => outcome === undefined)
      wrong.push(`${what}: ${open.length} commands are never answered, ${open[0]?.act._tag} first`)
      return false
    }
    days += 1
    const left =
      (await moveAll(deployment, clients, days, patience)) ?? (await until(patience, () => unsettled(clients, days)))
    slowest = Math.max(slowest, Date.now() - began)
    if (left !== null) {
      wrong.push(`${what}: it does not come to rest: ${left}`)
      return false
    }
    if (deployment.postgres === undefined && !isLast) {
      const verified = await clients.get("/v1/billing/verification")
      const difference = verified?.status === 200 ? verified.json.difference : "no answer"
      if (difference !== null) wrong.push(`${what}: the verification: ${JSON.stringify(difference)}`)
      return difference === null
    }
    // Folders are whose process it is: they are looked at once nobody has them.
    if (deployment.postgres === undefined) await company.end()
    found = await audit({ deployment, clients, opened, days })
    wrong.push(...found.violations.map((line) => `${what}: ${line}`))
    return found.violations.length === 0
  }

  for (let round = 1; round <= rounds; round++) {
    const own = chance.stream(`round ${round}`)
    let isOver = false
    const work = clients.work(people, () => isOver)
    const troubles = trouble(deployment, own, counts)
    // The day may end in the middle of it.
    if (own.hit(0.4)) {
      await sleep(own.between(500, 3_000))
      days += 1
      await moveSome(deployment, clients, days)
    }
    const what = `round ${round} (${(await troubles).join(", ")})`
    isOver = true
    note(what)
    await Promise.race([work, sleep(patience)])
    const whole = await settle(what, false)
    onRound({ round, commands: taken(), days: found.periods || days, counts })
    if (!whole) break
  }
  if (wrong.length === 0) {
    let isOver = false
    const work = clients.work(2, () => isOver)
    await sleep(1_000)
    isOver = true
    await work
    const refused = await each(deployment, clients, {
      nextDay: () => (days += 1),
      days: () => days,
      settle: (what) => settle(what, false),
      note
    })
    wrong.push(...refused)
    if (wrong.length === 0) await settle("the end", true)
  }
  return {
    ...found,
    violations: wrong,
    commands: taken(),
    refused: clients.asked.filter(({ outcome }) => outcome?._tag === "Refused").length,
    again: clients.asked.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0),
    counts,
    slowest
  }
}
