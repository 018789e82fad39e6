/**
 * `EventBus` on Postgres: subscribers read the log, which has every event before it is published; publishing only
 * wakes them. How far a name has acknowledged is stored now and then, and when its subscriber goes.
 */
import {
  BusError,
  type Delivery,
  EventBus,
  type Envelope,
  type EventLog,
  type StoreError,
  Trouble,
  DeliveryWindow
} from "@popug/core"
import * as Effect from "effect/Effect"
import { type Alarm, announce, streamOf, wait } from "./Alarm.ts"
import type { CompanyDatabase } from "./Database.ts"
import type { Asking, Question } from "./Gathered.ts"
import * as Param from "./Param.ts"
import { sourceNumber, sourceParam } from "./sources.ts"

type Source = Envelope.Source

/** What is delivered to a subscriber and not acknowledged is never more than this. */
const windowSize = 5_000
/** After how many acknowledgements their number is stored. */
const storedEvery = 2_000

/** A subscriber, and the last of its acknowledged numbers that is stored. */
class Subscriber extends DeliveryWindow {
  stored: number

  constructor(start: number) {
    super(windowSize, start)
    this.stored = start
  }
}

/** What the bus of a company works with. */
interface Inside {
  readonly db: CompanyDatabase
  readonly log: EventLog["Service"]
  readonly alarm: Alarm
}

/** A name that follows a stream of a company. */
interface Name {
  readonly company: number
  readonly name: string
  readonly source: Source
}

const keyOf = (company: number, name: string, source: number): string => `${company}/${source}/${name}`

/** The parameters of names: lists of what leads their keys. */
const keys = (names: ReadonlyArray<Name>): ReadonlyArray<Param.Param> => [
  Param.smallInts(names.map(({ company }) => company)),
  Param.texts(names.map(({ name }) => name)),
  Param.smallInts(names.map(({ source }) => sourceNumber(source)))
]

/** How far names have acknowledged, as it is stored. */
const loadAll = (db: Asking, names: ReadonlyArray<Name>) =>
  Effect.map(
    db.query<{ readonly company: number; readonly name: string; readonly source: number; readonly number: bigint }>(
      `select company, name, s.source, number from unnest($1, $2, $3) as asked (company, name, source)
        join ${db.schema}.subscriptions s using (company, name) where s.source = asked.source`,
      keys(names)
    ),
    (rows) => {
      const found = new Map(rows.map((row) => [keyOf(row.company, row.name, row.source), Number(row.number)]))
      return names.map(({ company, name, source }) => found.get(keyOf(company, name, sourceNumber(source))) ?? 0)
    }
  )

const acknowledgedBy: Question<Name, number> = {
  one: (db, name) => Effect.map(loadAll(db, [name]), ([number]) => number!),
  many: loadAll
}

/** Stores how far names have acknowledged: each once, and in order, so that two processes never wait in a ring. */
const storeAll = (db: Asking, names: ReadonlyArray<Name & { readonly number: number }>) => {
  const last = new Map<string, Name & { readonly number: number }>()
  for (const each of names) {
    const key = keyOf(each.company, each.name, sourceNumber(each.source))
    if (each.number > (last.get(key)?.number ?? -1)) last.set(key, each)
  }
  const rows = [...last.values()]
  return db.query(
    `insert into ${db.schema}.subscriptions as s (company, name, source, number)
      select * from unnest($1, $2, $3, $4) as n (company, name, source, number) order by company, name, source
      on conflict (company, name, source) do update set number = greatest(s.number, excluded.number)`,
    [...keys(rows), Param.ints(rows.map(({ number }) => number))]
  )
}

const storing: Question<Name & { readonly number: number }, void> = {
  one: (db, name) => Effect.asVoid(storeAll(db, [name])),
  many: (db, names) =>
    Effect.as(
      storeAll(db, names),
      names.map(() => undefined)
    )
}

const load = (db: CompanyDatabase, name: string, source: Source) =>
  Effect.map(db.gathered.ask(acknowledgedBy, { company: db.number, name, source }), (number) => new Subscriber(number))

const store = (db: CompanyDatabase, name: string, source: Source, subscriber: Subscriber) =>
  Effect.suspend(() => {
    const { acknowledged } = subscriber
    if (acknowledged === subscriber.stored) return Effect.void
    const write = db.gathered.ask(storing, { company: db.number, name, source, number: acknowledged })
    return Effect.map(write, () => void (subscriber.stored = acknowledged))
  })

/** What follows in the log, as soon as there is something and room for it; null where the log ends before. */
const next = (
  { alarm, db, log }: Inside,
  source: Source,
  subscriber: Subscriber
): Effect.Effect<ReadonlyArray<Delivery> | null, StoreError> =>
  Effect.gen(function* () {
    const stream = streamOf(db, source)
    while (true) {
      const after = subscriber.delivered
      const heard = alarm.heard(stream)
      const { room } = subscriber
      // One read from the last event given on, since between two the log may move.
      const read = room > 0 ? yield* log.read(source, Math.max(0, after - 1), room + Math.min(1, after)) : []
      const events = read.filter(({ number }) => number > after)
      if (room > 0 && after > 0 && read.length === 0) return null
      if (events.length > 0) {
        subscriber.delivered = events.at(-1)!.number
        return events.map((event) => ({
          event,
          acknowledge: Effect.sync(() => {
            const full = subscriber.room === 0
            subscriber.acknowledge(event.number)
            if (full && subscriber.room > 0) alarm.wake(stream)
          })
        }))
      }
      // What was announced while the log was read is not waited for.
      const already = () => (room > 0 ? alarm.isNews(stream, heard, subscriber.delivered) : subscriber.room > 0)
      yield* wait(db, alarm, source, room > 0 ? after : null, already)
    }
  })

/** Of a log that was restored to an earlier moment all is given again: what is new in it has numbers of old. */
const beginAgain = (db: CompanyDatabase, name: string, source: Source, { delivered }: Subscriber) =>
  Effect.gen(function* () {
    yield* Effect.logWarning(
      `subscription ${name} begins again: the log of ${source} ends before event ${delivered}, which was given`
    )
    yield* db.query(
      `update ${db.schema}.subscriptions set number = 0 where company = $1 and name = $2 and source = $3`,
      [db.company, Param.text(name), sourceParam(source)]
    )
    return new Subscriber(0)
  })

/** A subscription by a name: what is not acknowledged when it ends is given to the next of that name. */
const subscribe = (inside: Inside, name: string, source: Source) =>
  Effect.gen(function* () {
    const { db } = inside
    let subscriber: Subscriber | undefined
    const trouble = Trouble.make(`subscription ${name} could not read the log`)
    yield* Effect.addFinalizer(() =>
      subscriber === undefined ? Effect.void : Effect.ignore(store(db, name, source, subscriber))
    )
    const take = Effect.gen(function* () {
      subscriber ??= yield* load(db, name, source)
      if (subscriber.acknowledged - subscriber.stored >= storedEvery) yield* store(db, name, source, subscriber)
      const deliveries = yield* next(inside, source, subscriber)
      if (deliveries !== null) return deliveries
      subscriber = yield* beginAgain(db, name, source, subscriber)
      // What the log has now comes with the next take. It may be nothing, which whoever takes must look for themselves.
      return []
    })
    return { take: Trouble.untilItWorks(take, trouble) }
  })

/** The bus of a company; `tell` for whether other processes are to hear of what is published. */
export const make = (
  db: CompanyDatabase,
  log: EventLog["Service"],
  alarm: Alarm,
  options: { readonly tell: boolean }
): EventBus["Service"] =>
  EventBus.make({
    looks: true,
    publish: (events) =>
      Effect.suspend(() => {
        const newest = new Map<Source, number>()
        for (const { number, source } of events) newest.set(source, Math.max(number, newest.get(source) ?? 0))
        if (newest.size === 0) return Effect.void
        for (const [source, number] of newest) alarm.ring(streamOf(db, source), number)
        return options.tell
          ? Effect.mapError(
              Effect.asVoid(announce(db, newest)),
              (cause) => new BusError({ message: "other processes were not notified", cause })
            )
          : Effect.void
      }),
    subscribe: (name, source) => subscribe({ db, log, alarm }, name, source)
  })
