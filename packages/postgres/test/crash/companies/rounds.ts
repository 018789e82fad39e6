/**
 * Rounds of work of several processes for many companies of two databases, which rest, wake and move meanwhile. In each
 * processes are paused and killed, and in every fourth the server under them.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { Actor, Companies, Users } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type { Server } from "../../server/Server.ts"
import { Fleet, type Worker } from "../fleet.ts"
import { audit } from "./audit.ts"
import { host, type Plan, query, type Sent, schema, userIds } from "./plan.ts"

export interface Options {
  readonly server: Server
  readonly rounds: number
  readonly onRound?: (round: number, so: Progress) => void
}

interface Progress {
  readonly commands: number
  readonly moves: number
  readonly kills: number
  readonly pauses: number
}

const names = ["one", "two"] as const
const ids = Array.from({ length: 24 }, (_, index) => `company-${index}`)
const processes = 2

type Urls = Plan["urls"]

const databases = Effect.fnUntraced(function* (server: Server) {
  const urls: Record<string, string> = {}
  for (const name of names) {
    yield* query(server.url, `create database ${name}`)
    urls[name] = Object.assign(new URL(server.url), { pathname: `/${name}` }).toString()
  }
  return urls
})

/** Makes room for companies to come back: what they left where they do not live any more. */
const erase = Effect.fnUntraced(function* (urls: Urls) {
  const records = yield* query<{ readonly id: string; readonly database: string }>(
    urls[names[0]]!,
    `select id, database from ${schema}.directory`
  )
  for (const [name, url] of Object.entries(urls)) {
    const gone = yield* query<{ readonly id: string }>(
      url,
      `select distinct o.id from ${schema}.contexts c join ${schema}.companies o on o.number = c.company
        where away = 'gone'`
    )
    for (const { id } of gone) {
      if (records.find((record) => record.id === id)?.database !== name) yield* query(url, Postgres.eraseSql(id))
    }
  }
})

/** Opens the companies, one half in each database, with somebody in each. */
const found = Effect.gen(function* () {
  const companies = yield* Companies
  yield* companies.open(ids.map((id, index) => ({ id, database: names[index % 2]!, longestJump: null })))
  const hire = Effect.flatMap(Users, (users) =>
    users.create(
      Actor.system,
      userIds.map((id) => ({ id, name: id, roles: ["worker"] }))
    )
  )
  yield* Effect.forEach(ids, (id) => Companies.within(id, hire), { concurrency: 8, discard: true })
})

/** Ends what moves had begun, and wakes everybody. */
const heal = Effect.gen(function* () {
  const companies = yield* Companies
  yield* companies.wake(ids)
  for (const { health, record } of yield* companies.status(ids)) {
    if (health?.resting === false) continue
    yield* companies.move(
      record.id,
      names.find((name) => name !== record.database)!
    )
  }
})

/** One round, until its processes are dead; returns how many were paused. */
const work = Effect.fnUntraced(function* (urls: Urls, workers: ReadonlyArray<Worker<Sent>>) {
  let pauses = 0
  for (let turn = 0; turn < 25; turn++) {
    yield* Effect.promise(() => sleep(400))
    yield* Effect.ignore(erase(urls))
    if ((yield* Random.next) > 0.1) continue
    const { process } = workers[yield* Random.nextIntBetween(0, workers.length - 1)]!
    process.kill("SIGSTOP")
    yield* Effect.sleep(yield* Random.nextIntBetween(50, 4_000))
    yield* Effect.ignore(erase(urls))
    process.kill("SIGCONT")
    pauses += 1
  }
  return pauses
})

/** All rounds; the last processes end in peace, and what they leave is audited. */
export const run = Effect.fnUntraced(function* ({ onRound, rounds, server }: Options) {
  const urls = yield* databases(server)
  // A day takes thirty seconds.
  const time = { began: yield* Clock.currentTimeMillis, factor: 2_880, urls }
  const on = <A, E>(name: string, body: Effect.Effect<A, E, Companies>) =>
    Effect.provide(body, Layer.fresh(host({ ...time, name })), { local: true })
  yield* on("founder", found)
  const fleet = new Fleet<Plan, Sent>(new URL("worker.ts", import.meta.url))
  yield* Effect.addFinalizer(() => Effect.sync(() => fleet.kill()))
  const start = (name: string, again: ReadonlyArray<Sent>, more: Pick<Plan, "writers" | "commands">) =>
    fleet.start({ ...time, name, hosts: 2, companies: ids, again, ...more })
  let again: ReadonlyArray<Sent> = []
  let [kills, pauses] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const workers = Array.from({ length: processes }, (_, index) => {
      const share = again.filter((_, place) => place % processes === index)
      return start(`r${round}p${index}`, share, { writers: 12 })
    })
    const open = new Map(again.map((sent) => [sent.id, sent]))
    yield* Effect.promise(() => Promise.all(workers.map(({ ready }) => ready)))
    pauses += yield* work(urls, workers)
    if (round % 4 === 3) {
      yield* Effect.promise(server.kill)
      kills += 1
      yield* Effect.promise(server.start)
      yield* Effect.sleep("1 second")
    }
    // One at a time: the others go on meanwhile.
    for (const { process } of workers) {
      kills += process.kill("SIGKILL") ? 1 : 0
      yield* Effect.promise(() => sleep(300))
    }
    yield* Effect.promise(() => Promise.all(workers.map(({ ended }) => ended)))
    for (const worker of workers) for (const [id, sent] of worker.open) open.set(id, sent)
    again = [...open.values()].filter(({ id }) => !fleet.acknowledged.has(id))
    onRound?.(round + 1, { commands: fleet.acknowledged.size, moves: fleet.moves, kills, pauses })
  }
  yield* erase(urls)
  yield* Effect.retry(on("healer", heal), { times: 3 })
  const last = start("last", again, { writers: 1, commands: 1 })
  yield* Effect.promise(() => last.ended)
  const findings = yield* on("auditor", audit(urls, ids, fleet.acknowledged.values()))
  const deadlocks = server.log().split("deadlock detected").length - 1
  const violations = [
    ...findings.violations,
    ...fleet.failures,
    ...(deadlocks === 0 ? [] : [`the server has found ${deadlocks} deadlocks`])
  ]
  return { ...findings, violations, kills, pauses, moves: fleet.moves }
}, Effect.scoped)
