/**
 * What must be so of every company of a host, wherever it lives.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Actor, Companies, Verification } from "@popug/core"
import * as Effect from "effect/Effect"
import { ofCompany, wrong } from "../audit.ts"
import { clientOf, type Plan, query, type Sent, schema, taskIds } from "./plan.ts"

/** What the tables say of one company. */
const tables = Effect.fnUntraced(function* (id: string) {
  const client = yield* PgClient
  const ask = <Row extends object>(sql: string) =>
    client.withTransaction(
      Effect.andThen(
        client.unsafe("set local enable_nestloop = off"),
        client.unsafe<Row>(ofCompany(schema, sql, `(select number from ${schema}.companies where id = '${id}')`))
      )
    )
  const violations: Array<string> = []
  for (const [what, sql] of Object.entries(wrong(schema))) {
    if (what.startsWith("rows of the host")) continue
    const rows = yield* ask(sql)
    if (rows.length > 0) violations.push(`${id}: ${rows.length} ${what}`)
  }
  const [counts] = yield* ask<{ readonly events: bigint }>("select count(*) as events from events")
  const tasks = new Set((yield* ask<{ readonly id: string }>("select id from tasks")).map((row) => row.id))
  return { violations, events: Number(counts!.events), tasks }
})

/** Where each company is awake; whoever is in two places is one violation. */
const homes = Effect.fnUntraced(function* (urls: Plan["urls"], violations: Array<string>) {
  const lives = new Map<string, string>()
  for (const [name, url] of Object.entries(urls)) {
    const awake = yield* query<{ readonly id: string }>(
      url,
      `select distinct o.id from ${schema}.contexts c join ${schema}.companies o on o.number = c.company
        where not c.resting`
    )
    for (const { id } of awake) {
      if (lives.has(id)) violations.push(`${id} is awake in ${lives.get(id)} and in ${name}`)
      lives.set(id, name)
    }
  }
  return lives
})

export const audit = Effect.fnUntraced(function* (
  urls: Plan["urls"],
  ids: ReadonlyArray<string>,
  acknowledged: Iterable<Sent>
) {
  const companies = yield* Companies
  yield* companies.serve
  const violations: Array<string> = []
  const lives = yield* homes(urls, violations)
  const sent = Map.groupBy(acknowledged, ({ company }) => company)
  const sums = { commands: 0, events: 0, transfers: 0, periods: 0 }
  for (const { health, record } of yield* companies.status(ids)) {
    const { database, id } = record
    if (lives.get(id) !== database) violations.push(`${id} lives in ${database} and is awake in ${lives.get(id)}`)
    for (const { behind, consumer, stopped } of health?.consumers ?? []) {
      if (behind > 0 || stopped !== null) violations.push(`${id}: ${consumer} is ${behind} behind, ${stopped?.message}`)
    }
    const verdict = yield* Companies.within(
      id,
      Effect.flatMap(Verification, ({ run }) => run(Actor.system))
    )
    if (verdict.difference !== null) violations.push(`${id}: ${verdict.difference.message}`)
    const found = yield* Effect.scoped(Effect.provide(tables(id), clientOf(urls[database]!)))
    violations.push(...found.violations)
    sums.events += found.events
    sums.transfers += verdict.transfers
    sums.periods += verdict.periods
    for (const one of sent.get(id) ?? []) {
      sums.commands += 1
      for (const task of taskIds(one)) {
        if (!found.tasks.has(task)) violations.push(`${id}: acknowledged ${task} is missing`)
      }
    }
  }
  return { ...sums, violations }
})
