/**
 * What is asked of companies wherever they live: one database that is away keeps nobody from hearing of the others.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { byteOrder } from "../values/Ids.ts"
import { StoreError } from "../values/StoreError.ts"
import { type Activation, type Homes, unopened } from "./Activation.ts"
import type { CompanyDirectory } from "./CompanyDirectory.ts"
import type { CompanyHome } from "./CompanyHome.ts"
import { type CompanyRecord, UnknownCompany } from "./CompanyRecord.ts"
import type { CompanyHealth } from "./CompanyWork.ts"

/** A company, and how it does. */
export interface CompanyState {
  readonly record: CompanyRecord
  /** Null where its rows are not made yet: to open it once more makes them. Null, too, where nobody could be asked. */
  readonly health: CompanyHealth | null
  /** Why its database did not answer; null where it did. */
  readonly failure: StoreError | null
  /** Whether it is in use in this process. */
  readonly isInUse: boolean
}

/** A database of the host. */
export interface DatabaseState {
  readonly name: string
  /** Whether companies are opened here that name no database. */
  readonly isDefault: boolean
  /** Why it did not answer; null where it did. What is not retryable stays so until somebody acts. */
  readonly failure: StoreError | null
}

export type Home = CompanyHome["Service"]

/** What the operations work with. */
export interface Inside {
  readonly directory: CompanyDirectory["Service"]
  readonly homeOf: Homes
  readonly activation: Activation
  /** The names of all databases, in byte order. */
  readonly databases: ReadonlyArray<string>
  /** Where companies go that name none. */
  readonly defaultDatabase: string
}

/** How many records are read at once where one of them can't be. */
const readTogether = 256

/** How long a database may take to say that it is there. */
const patience = "2 seconds"

/** The records of companies that are all known. */
export const known = Effect.fnUntraced(function* (directory: CompanyDirectory["Service"], ids: ReadonlyArray<string>) {
  const records = yield* directory.load(ids)
  const found = new Set(records.map(({ id }) => id))
  const missing = ids.find((id) => !found.has(id))
  return missing === undefined ? records : yield* new UnknownCompany({ company: missing })
})

/** A home that the host has said it has. */
export const homeAt = ({ homeOf }: Inside, database: string): Effect.Effect<Home, StoreError> =>
  Effect.catchTag(homeOf(database), "UnknownDatabase", (error) => Effect.fail(unopened(database)(error)))

export const byDatabase = (records: ReadonlyArray<CompanyRecord>): ReadonlyMap<string, ReadonlyArray<CompanyRecord>> =>
  Map.groupBy(records, ({ database }) => database)

/** What each database was asked of its companies, and came to. */
type Asked<A> = ReadonlyArray<readonly [database: string, answer: Result.Result<A, StoreError>]>

/** Asks each database of its companies; fails where none answers. */
const ofEach = <A>(
  inside: Inside,
  records: ReadonlyArray<CompanyRecord>,
  ask: (home: Home, ids: ReadonlyArray<string>) => Effect.Effect<A, StoreError>
): Effect.Effect<Asked<A>, StoreError> =>
  Effect.forEach(byDatabase(records), ([database, own]) => {
    const ids = own.map(({ id }) => id)
    const asking = Effect.flatMap(homeAt(inside, database), (home) => ask(home, ids))
    return Effect.map(Effect.result(asking), (answer) => [database, answer] as const)
  }).pipe(
    Effect.flatMap((asked) => {
      const failures = asked.flatMap(([, answer]) => (Result.isFailure(answer) ? [answer.failure] : []))
      const isAway = failures.length > 0 && failures.length === asked.length
      return isAway ? Effect.fail(failures[0]!) : Effect.succeed(asked)
    })
  )

export const statusOf = Effect.fnUntraced(function* (inside: Inside, ids: ReadonlyArray<string>) {
  const records = yield* known(inside.directory, ids)
  const asked = yield* ofEach(inside, records, ({ work }, own) => work.health(own))
  const by = new Map<string, CompanyHealth>()
  const failures = new Map<string, StoreError>()
  for (const [database, answer] of asked) {
    if (Result.isSuccess(answer)) for (const health of answer.success) by.set(health.company, health)
    else failures.set(database, answer.failure)
  }
  const inUse = new Set((yield* inside.activation.inUse).map(({ id }) => id))
  return records.map((record): CompanyState => {
    const { database, id } = record
    return { record, health: by.get(id) ?? null, failure: failures.get(database) ?? null, isInUse: inUse.has(id) }
  })
})

/** Where streams end; of companies whose database is away, nothing. */
export const endsOf = Effect.fnUntraced(function* (inside: Inside, ids: ReadonlyArray<string>) {
  const records = yield* readable(inside.directory, ids)
  const asked = yield* ofEach(inside, records, ({ work }, own) => work.ends(own))
  return asked.flatMap(([, answer]) => Result.getOrElse(answer, () => []))
})

/** No company has it: whoever is asked of it has nothing to say, and says that. */
const nobody = ""

/** How each database does. */
export const databasesOf = (inside: Inside): Effect.Effect<ReadonlyArray<DatabaseState>> =>
  Effect.forEach(
    inside.databases,
    (name) =>
      Effect.flatMap(homeAt(inside, name), ({ work }) => work.ends([nobody])).pipe(
        Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(silent(name)) }),
        Effect.match({ onFailure: (failure) => failure, onSuccess: () => null }),
        Effect.map((failure): DatabaseState => ({ name, isDefault: name === inside.defaultDatabase, failure }))
      ),
    { concurrency: "unbounded" }
  )

const silent = (database: string) =>
  new StoreError({
    reason: "Unavailable",
    retryable: true,
    committed: "no",
    message: `database ${database} did not answer within ${patience}`
  })

/** The records of companies; one that can't be read, of a zone that this process does not know, spoils no other's. */
export const readable = (directory: CompanyDirectory["Service"], ids: ReadonlyArray<string>) =>
  Effect.catchIf(
    directory.load(ids),
    ({ reason }) => reason === "Corrupt",
    () =>
      Effect.map(
        Effect.forEach(
          ids,
          (id) =>
            Effect.catchIf(
              directory.load([id]),
              ({ reason }) => reason === "Corrupt",
              () => Effect.succeed([])
            ),
          { concurrency: readTogether }
        ),
        (found) => found.flat()
      )
  )

/** The names of a host's databases. A default that is none of them is a defect: companies would be opened nowhere. */
export const namesOf = (
  databases: Readonly<Record<string, unknown>>,
  defaultDatabase: string
): ReadonlyArray<string> => {
  if (!Object.hasOwn(databases, defaultDatabase))
    throw new TypeError(`defaultDatabase: there is no database ${defaultDatabase}`)
  return Object.keys(databases).sort(byteOrder)
}
