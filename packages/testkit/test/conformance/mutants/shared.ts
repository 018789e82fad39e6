/**
 * What can be wrong with adapters over one store that two processes use.
 */
import {
  BillingStore,
  type CursorStore,
  CursorStore as Cursors,
  type Ports,
  ReportStore,
  StoreError,
  TaskStore,
  UserStore
} from "@popug/core"
import { Memory } from "@popug/memory"
import {
  instances,
  sharedBillingStore,
  sharedCursorStore,
  sharedReportStore,
  sharedTaskStore,
  sharedUserStore
} from "@popug/testkit/conformance"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { sharing } from "../optimistic.ts"
import type { HeadStore } from "./headStores.ts"
import { mutants } from "./Mutant.ts"

/** Two instances of the memory adapter, each with one service mutilated; `make` is called once for both. */
const two = <I, S>(
  tag: Context.Key<I, S> & Effect.Effect<S, never, I>,
  make: () => (service: S) => Partial<S>
): Layer.Layer<ReturnType<typeof real extends Layer.Layer<infer R> ? () => R : never>> =>
  instances(() => {
    const disk = Memory.disk()
    const mutilate = make()
    return Layer.effect(
      tag,
      Effect.map(tag, (service) => ({ ...service, ...mutilate(service) }))
    ).pipe(Layer.provideMerge(Layer.suspend(() => Memory.layerOn(disk)) as Layer.Layer<Ports | CursorStore | I>))
  }) as never

const real = instances(sharing())

const opensForAnybody = ({ open }: HeadStore): Partial<HeadStore> => ({
  open: (identity, first) => Effect.catchTag(open(identity, first), "CompanyMismatch", () => Effect.void)
})

/** Compares nothing in a commit: the memory adapter does, so it is told to look away. */
const takesBack = ({ adopt, open, transact }: HeadStore): Partial<HeadStore> => {
  let mine: readonly [Parameters<typeof open>[0], unknown] | undefined
  return {
    open: (identity, first) =>
      Effect.tap(open(identity, first), () => Effect.sync(() => void (mine = [identity, first]))),
    transact: (body) =>
      Effect.catchIf(
        transact(body),
        (error): error is never => error instanceof StoreError && error.reason === "Mismatch",
        () => Effect.andThen(Effect.orDie(adopt(...mine!)), transact(body))
      )
  }
}

const atOnce = "of two transactions at once the later sees what the earlier saved, or hears that it was beaten"
const before = "a stale transaction hears that it was beaten before anything else"
const quiet = "a commit without an event makes others' heads stale too"
const reads = "what a transaction reads is as its head says, though it saves nothing"
const stream = "commits of both at once make one stream without holes"

const writers = (tag: never) => {
  const over = (mutilate: (store: HeadStore) => Partial<HeadStore>) => two(tag, () => mutilate as never)
  return [
    {
      name: "does not compare versions",
      breaks: [atOnce, before, quiet, reads, stream],
      layer: instances(sharing({ version: "nothing" }))
    },
    {
      name: "says that a stale transaction would be refused again",
      breaks: [atOnce, before, quiet, stream],
      layer: instances(sharing({ retryable: false }))
    },
    {
      name: "compares versions after all else",
      breaks: [atOnce, before, stream],
      layer: instances(sharing({ checksFirst: false }))
    },
    { name: "compares the numbers of events alone", breaks: [quiet], layer: instances(sharing({ version: "number" })) },
    { name: "does not compare what was only read", breaks: [reads], layer: instances(sharing({ checksReads: false })) },
    {
      name: "counts transactions that failed",
      breaks: ["a transaction that leaves nothing behind makes nobody stale"],
      layer: instances(sharing({ version: "attempts" }))
    },
    {
      name: "opens for anybody",
      breaks: ["what one instance opened is open for the other, who compares the identity"],
      layer: over(opensForAnybody)
    },
    {
      name: "takes the company back for a commit",
      breaks: ["an instance that was opened for other settings than are stored now commits nothing more"],
      layer: over(takesBack)
    },
    {
      name: "counts what it was told to forget",
      breaks: ["two that forget at once forget each command once"],
      layer: over(({ forgetCommands }) => ({
        forgetCommands: (age, limit) => Effect.as(forgetCommands(age, limit), limit)
      }))
    }
  ] as const
}

export const sharedUsers = mutants(sharedUserStore, real, writers(UserStore as never))
export const sharedTasks = mutants(sharedTaskStore, real, writers(TaskStore as never))
export const sharedBilling = mutants(sharedBillingStore, real, writers(BillingStore as never))

const fromCursor =
  "of two transactions at once the later goes on from the earlier's cursor, or hears that it was beaten"

export const sharedReports = mutants(sharedReportStore, real, [
  {
    name: "takes the company back for a commit",
    breaks: ["an instance that was opened for other settings than are stored now commits nothing more"],
    layer: two(ReportStore, () => takesBack as never)
  },
  {
    name: "opens for anybody",
    breaks: ["what one instance opened is open for the other, who compares the identity"],
    layer: two(ReportStore, () => opensForAnybody as never)
  },
  { name: "does not compare versions", breaks: [fromCursor], layer: instances(sharing({ version: "nothing" })) },
  {
    name: "says that a stale transaction would be refused again",
    breaks: [fromCursor],
    layer: instances(sharing({ retryable: false }))
  },
  {
    name: "gives a notice to two",
    breaks: ["what one instance leases the other does not get"],
    layer: two(ReportStore, () => ({ due, notices }) => ({
      due: (limit: number) =>
        Effect.flatMap(notices({ status: "pending" }, { limit }), ({ rows }) => Effect.as(due(limit), rows))
    }))
  }
])

const bodiesAtOnce = "of two bodies at once the later goes on from the earlier's cursor, or hears that it was beaten"
const oneByOne = "bodies of both at once are done one after another"

export const sharedCursors = mutants(sharedCursorStore, real, [
  {
    name: "does not compare versions",
    breaks: [bodiesAtOnce, oneByOne],
    layer: instances(sharing({ version: "nothing" }))
  },
  {
    name: "says that a stale body would be refused again",
    breaks: [bodiesAtOnce, oneByOne],
    layer: instances(sharing({ retryable: false }))
  },
  {
    name: "keeps the lock of a body that failed",
    breaks: ["a body that was given up holds nobody up"],
    layer: two(Cursors, () => {
      const lock = Semaphore.makeUnsafe(1)
      return ({ transact }) => ({
        transact: (consumer, source, body) =>
          Semaphore.take(lock, 1).pipe(
            Effect.andThen(transact(consumer, source, body)),
            Effect.tap(() => Semaphore.release(lock, 1))
          )
      })
    })
  }
])
