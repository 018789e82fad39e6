/**
 * Any number of companies in one host: each is there when it is asked for, in whichever of the host's databases it
 * lives, and is let go when nobody needs it. Companies are opened, put to rest and woken by explicit acts.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { CompanyMismatch } from "../company/Identity.ts"
import { PollInterval } from "../stream/Consumer.ts"
import * as Trouble from "../stream/Trouble.ts"
import type { Digest } from "../values/Digest.ts"
import { byteOrder } from "../values/Ids.ts"
import type * as Input from "../values/Input.ts"
import { type Page, type PageRequest, parse as pageOf } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import {
  activation,
  type ActivationError,
  type CompanyServices,
  homes,
  type HostOptions,
  type OfHost
} from "./Activation.ts"
import {
  byDatabase,
  type CompanyState,
  databasesOf,
  type DatabaseState,
  endsOf,
  type Home,
  homeAt,
  type Inside,
  known,
  namesOf,
  readable,
  statusOf
} from "./asking.ts"
import { CompanyDirectory } from "./CompanyDirectory.ts"
import {
  CompanyAlreadyExists,
  CompanyRecord,
  type NewCompany,
  type UnknownCompany,
  type UnknownDatabase,
  type UnreadableCompany
} from "./CompanyRecord.ts"
import { CompanySecrets } from "./CompanySecrets.ts"
import type { StreamEnd } from "./CompanyWork.ts"
import { move, type MoveProgress, type MoveRefused } from "./moving.ts"
import { companyOf, identitiesOf, isSame, parseNew, recordOf } from "./opening.ts"
import { serve, workOn, type WorkOptions } from "./working.ts"

export class Companies extends Context.Service<
  Companies,
  {
    /**
     * The services of a company, for as long as the scope is open. They are shared by all who have them, and kept for a
     * while after the last one has let go.
     */
    readonly get: (id: string) => Effect.Effect<Context.Context<CompanyServices>, ActivationError, Scope.Scope>
    /**
     * Opens companies, many in few round trips. One that is there with the same settings is left as it is; where one
     * is there with others, nothing is opened.
     */
    readonly open: (
      companies: ReadonlyArray<NewCompany>
    ) => Effect.Effect<
      ReadonlyArray<CompanyRecord>,
      Input.InvalidInput | UnknownDatabase | CompanyAlreadyExists | CompanyMismatch | StoreError
    >
    /**
     * Puts companies to rest: from when this has returned nothing is written for them on any node, and within some
     * seconds nobody is served on any. What fails in the middle is finished by the same call.
     */
    readonly rest: (ids: ReadonlyArray<string>) => Effect.Effect<void, UnknownCompany | StoreError>
    /** Has companies that rest work again. */
    readonly wake: (ids: ReadonlyArray<string>) => Effect.Effect<void, UnknownCompany | StoreError>
    /**
     * Moves a company to another database: puts it to rest, copies its rows, compares the copy and verifies it, changes
     * the directory and wakes it there, unless it is to go on resting. What fails in the middle is finished by the same
     * call, and so is what somebody else has begun; until then the company rests. Its rows in the first database stay,
     * and are never woken.
     */
    readonly move: (
      id: string,
      database: string,
      options?: { readonly wake?: boolean; readonly told?: (progress: MoveProgress) => void }
    ) => Effect.Effect<void, UnknownCompany | UnknownDatabase | MoveRefused | StoreError>
    readonly record: (id: string) => Effect.Effect<CompanyRecord, UnknownCompany | StoreError>
    /** All companies, by id; those whose records can't be read as such. */
    readonly list: (
      paging?: PageRequest
    ) => Effect.Effect<Page<CompanyRecord | UnreadableCompany>, Input.InvalidInput | StoreError>
    /** The databases of the host, by name, and whether each answers now. */
    readonly databases: Effect.Effect<ReadonlyArray<DatabaseState>>
    /** How companies do, whoever serves them; fails where no database of theirs answers. */
    readonly status: (
      ids: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<CompanyState>, UnknownCompany | StoreError>
    /**
     * Where the streams of companies end, whoever serves them. Ids that are not known are passed over, and so are
     * companies of a database that does not answer while another one does.
     */
    readonly ends: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<StreamEnd>, StoreError>
    /** Those that are in use in this process, by id. */
    readonly active: Effect.Effect<ReadonlyArray<string>>
    /**
     * Does all that is due now for all companies of the host, and what comes of it: applies events, ends days, sends
     * notices; returns how many visits it took. `layerWork` does it by itself; a test, or a host under virtual time,
     * calls it.
     */
    readonly serve: Effect.Effect<number, StoreError>
    /** Does what is due as it comes, until it is interrupted. */
    readonly work: (options?: WorkOptions) => Effect.Effect<never, never, Scope.Scope>
  }
>()("@popug/core/Companies") {
  /**
   * The companies of a host. Policies are the same for all of them: those that are around this layer.
   */
  static readonly layer = <const Name extends string, E, R, R2>(
    options: HostOptions<Name, E, R, R2>
  ): Layer.Layer<Companies, never, R | OfHost<R2> | CompanyDirectory | CompanySecrets | Digest> =>
    Layer.effect(
      Companies,
      Effect.suspend(() => make(options))
    )

  /** Does something with the services of a company. */
  static readonly within = <A, E, R>(
    id: string,
    body: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | ActivationError, Companies | Exclude<R, CompanyServices>> =>
    Effect.scoped(
      Effect.flatMap(Companies, ({ get }) =>
        Effect.flatMap(get(id), (services) => Effect.provideContext(body, services))
      )
    ) as Effect.Effect<A, E | ActivationError, Companies | Exclude<R, CompanyServices>>

  /**
   * Works for all companies of the host as long as it runs: whoever has something to do is found, visited and let go.
   * On as many nodes as there are; a host without one applies the events of the companies in use alone, and ends no
   * day before the first command of the next. It takes the place of `Schedule.layer`, which would ask for each company
   * in use.
   */
  static readonly layerWork = (options?: WorkOptions): Layer.Layer<never, never, Companies> =>
    Layer.effectDiscard(Effect.flatMap(Companies, ({ work }) => Effect.forkScoped(work(options))))
}

/** How many are opened in one round. */
const together = 500

/** How often it is asked whether the companies in use are still to be served, unless all polls are more seldom. */
const staleAfter = Duration.seconds(5)

const parsePaging = pageOf(CompanyRecord.fields.id)

/** How often it is looked for what nobody was told of; null for never. */
type Interval = Duration.Duration | null

const make = Effect.fnUntraced(function* <E, R, R2>(options: HostOptions<string, E, R, R2>) {
  const databases = namesOf(options.databases, options.defaultDatabase)
  const homeOf = yield* homes(options.databases)
  const directory = yield* CompanyDirectory
  const opening = yield* Effect.context<Digest | CompanySecrets>()
  const inside: Inside = {
    directory,
    homeOf,
    activation: yield* activation(options, homeOf),
    databases,
    defaultDatabase: options.defaultDatabase
  }
  const interval = yield* PollInterval
  yield* watch(inside, interval)
  return Companies.of({
    get: inside.activation.get,
    open: (companies) => Effect.provideContext(open(inside, companies), opening),
    rest: (ids) => rest(inside, ids),
    wake: (ids) => wake(inside, ids),
    move: (id, database, options = {}) => Effect.provideContext(move(inside, id, database, options), opening),
    record: (id) => Effect.map(known(directory, [id]), ([record]) => record!),
    list: (paging) => Effect.flatMap(parsePaging(paging), directory.list),
    databases: databasesOf(inside),
    status: (ids) => statusOf(inside, ids),
    ends: (ids) => endsOf(inside, ids),
    serve: serveAll(inside),
    work: (work) => workOnAll(inside, interval, work),
    active: Effect.map(inside.activation.inUse, (records) => records.map(({ id }) => id).sort(byteOrder))
  })
})

/** Runs something for the companies of each database, with the database's home. */
const eachHome = <A, E, R>(
  inside: Inside,
  records: ReadonlyArray<CompanyRecord>,
  use: (home: Home, records: ReadonlyArray<CompanyRecord>) => Effect.Effect<A, E, R>
) =>
  Effect.forEach(byDatabase(records), ([database, own]) =>
    Effect.flatMap(homeAt(inside, database), (home) => use(home, own))
  )

const open = Effect.fnUntraced(function* (inside: Inside, input: ReadonlyArray<NewCompany>) {
  const { defaultDatabase, directory, homeOf } = inside
  const parsed = yield* parseNew(input)
  const known = yield* directory.load(parsed.map(({ id }) => id))
  const livesIn = new Map(known.map(({ database, id }) => [id, database]))
  // Where nobody says where a company is to live, it lives where it is: it may have been moved.
  const asked = parsed.map((company) => recordOf(company, livesIn.get(company.id) ?? defaultDatabase))
  for (const database of new Set(asked.map(({ database }) => database))) yield* homeOf(database)
  yield* allSame(asked, known)
  const opened: Array<CompanyRecord> = []
  for (let from = 0; from < asked.length; from += together) {
    const part = asked.slice(from, from + together)
    // The directory first: of hosts that open a company with other settings at once, one decides.
    const kept = yield* directory.add(part)
    yield* allSame(part, kept)
    yield* eachHome(inside, kept, openRows)
    opened.push(...kept)
  }
  return opened
})

const openRows = Effect.fnUntraced(function* (home: Home, records: ReadonlyArray<CompanyRecord>) {
  const secrets = yield* CompanySecrets
  const opening = yield* Effect.forEach(records, (record) =>
    Effect.flatMap(secrets.of(record.id), (secret) => identitiesOf(companyOf(record, secret)))
  )
  for (const mismatch of (yield* home.open(opening)).values()) return yield* mismatch
})

const allSame = (asked: ReadonlyArray<CompanyRecord>, kept: ReadonlyArray<CompanyRecord>) => {
  const by = new Map(kept.map((record) => [record.id, record]))
  const companies = asked.flatMap((record) => {
    const found = by.get(record.id)
    return found === undefined || isSame(found, record) ? [] : [record.id]
  })
  return companies.length === 0 ? Effect.void : Effect.fail(new CompanyAlreadyExists({ companies }))
}

const rest = Effect.fnUntraced(function* (inside: Inside, ids: ReadonlyArray<string>) {
  const { activation, directory } = inside
  yield* known(directory, ids)
  const records = yield* directory.change(ids, { status: "resting" })
  yield* eachHome(inside, records, (home, own) => home.rest(own.map(({ id }) => id)))
  yield* Effect.forEach(ids, activation.forget, { discard: true })
})

const wake = Effect.fnUntraced(function* (inside: Inside, ids: ReadonlyArray<string>) {
  const { directory } = inside
  yield* known(directory, ids)
  // The directory first: it says where each lives now, and whoever moves one is told that it does not rest any more.
  const records = yield* directory.change(ids, { status: "open" })
  yield* eachHome(inside, records, (home, own) => home.wake(own.map(({ id }) => id)))
})

/** Lets go of companies that were put to rest, moved or changed by another node. */
const watch = Effect.fnUntraced(function* ({ activation, directory }: Inside, interval: Interval) {
  if (interval === null) return
  const look = Effect.gen(function* () {
    const inUse = yield* activation.inUse
    if (inUse.length === 0) return
    const by = new Map(
      (yield* readable(
        directory,
        inUse.map(({ id }) => id)
      )).map((record) => [record.id, record])
    )
    const gone = inUse.filter((record) => !isUnchanged(record, by.get(record.id)))
    yield* Effect.forEach(gone, ({ id }) => activation.forget(id), { discard: true })
  })
  const trouble = Trouble.make("it could not be asked which companies are still to be served")
  yield* Trouble.untilItWorks(look, trouble).pipe(
    Effect.andThen(Effect.sleep(Duration.max(staleAfter, interval))),
    Effect.forever,
    Effect.forkScoped
  )
})

const isUnchanged = (built: CompanyRecord, now: CompanyRecord | undefined): boolean =>
  now !== undefined && now.status === "open" && isSame(now, built)

/** Does what is due in every database; one that is away fails the whole once the others are done. */
const serveAll = Effect.fnUntraced(function* (inside: Inside) {
  const visits = yield* Effect.forEach(inside.databases, (database) =>
    Effect.exit(Effect.flatMap(homeAt(inside, database), ({ work }) => serve(inside.activation, { database, work })))
  )
  let sum = 0
  for (const exit of visits) sum += yield* exit
  return sum
})

/** Works for each database apart: one that is down holds up no other. */
const workOnAll = (inside: Inside, interval: Interval, options: WorkOptions = {}) => {
  const millis = Duration.toMillis(interval ?? Duration.infinity)
  return Effect.andThen(
    Effect.forEach(
      inside.databases,
      (database) => {
        const trouble = Trouble.make(`database ${database} could not be opened`, { log: Effect.logError })
        return Trouble.untilItWorks(homeAt(inside, database), trouble).pipe(
          Effect.flatMap(({ work }) => workOn(inside.activation, { database, work }, millis, options)),
          Effect.forkScoped
        )
      },
      { discard: true }
    ),
    Effect.never
  )
}
