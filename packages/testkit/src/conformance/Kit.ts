/**
 * What the suites of the three stores with a head have in common: how each opens, saves one row, and finds it again.
 */
import {
  type CompanyMismatch,
  type Envelope,
  type Head,
  type Identity,
  type RecordedCommand,
  type StoreError
} from "@popug/core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Data from "./Data.ts"

/** A transaction of any of them. */
export interface Tx<Changes> {
  readonly head: Head.Head
  readonly now: Head.Head["at"]
  readonly ahead?: (part: Changes) => Effect.Effect<void, StoreError>
  readonly save: (changes: Changes) => Effect.Effect<void, StoreError>
}

export interface Changes {
  readonly head: Head.Head
  readonly events: ReadonlyArray<Envelope.Envelope>
  readonly commands: ReadonlyArray<RecordedCommand>
}

export interface Kit<T extends Tx<C>, C extends Changes, R> {
  readonly source: Envelope.Source
  readonly open: (identity: Identity) => Effect.Effect<void, CompanyMismatch | StoreError, R>
  readonly adopt: (identity: Identity) => Effect.Effect<void, CompanyMismatch | StoreError, R>
  readonly transact: <A, E>(body: (tx: T) => Effect.Effect<A, E>) => Effect.Effect<A, E | StoreError, R>
  /** One event, one row and one recorded command for each name. */
  readonly changes: (tx: T, names: ReadonlyArray<string>) => C
  /** Whether the row of a name is there, and the command. */
  readonly load: (
    tx: T,
    name: string
  ) => Effect.Effect<{ readonly row: boolean; readonly command: RecordedCommand | undefined }, StoreError>
  /** `age` in milliseconds. */
  readonly forget: (age: number, limit: number) => Effect.Effect<number, StoreError, R>
  /** Whether the row of a name is there, asked outside of any transaction. */
  readonly has: (name: string) => Effect.Effect<boolean, StoreError, R>
}

/** Opens the store for the suites' company. */
export const open = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => kit.open(Data.identity)

/** Saves a row, an event and a command for each name, in one transaction. */
export const save = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>, ...names: ReadonlyArray<string>) =>
  kit.transact((tx) => tx.save(kit.changes(tx, names)))

/** A transaction that holds the head, with `holder` saved, until `release` lets it end and waits for that. */
export const holding = Effect.fnUntraced(function* <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) {
  const started = yield* Deferred.make<void>()
  const finish = yield* Deferred.make<void>()
  const holder = yield* Effect.forkChild(
    kit.transact((tx) =>
      Effect.gen(function* () {
        yield* tx.save(kit.changes(tx, ["holder"]))
        yield* Deferred.succeed(started, undefined)
        yield* Deferred.await(finish)
      })
    )
  )
  yield* Deferred.await(started)
  return { release: Effect.andThen(Deferred.succeed(finish, undefined), Fiber.join(holder)) }
})

/** What a next transaction finds of a name, and where the head stands. */
export const look = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>, name: string) =>
  kit.transact((tx) =>
    Effect.map(kit.load(tx, name), ({ command, row }) => ({
      row,
      command: command !== undefined,
      number: tx.head.number,
      digest: tx.head.digest
    }))
  )
