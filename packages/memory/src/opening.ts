/**
 * For which company the contexts of a disk were opened: all for one, whoever comes first.
 */
import { CompanyIdentity, CompanyMismatch, type Identity, mismatch, type StoreError, type TaskHead } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import type { Disk } from "./Disk.ts"
import { notOpened } from "./errors.ts"

type Name = CompanyIdentity.Opened["name"]
export const names: ReadonlyArray<Name> = ["users", "tasks", "billing", "reports"]

/** What every context remembers of its opening. */
interface Opened {
  identity: Identity
}

export const openedOf = (disk: Disk, name: Name): Opened | undefined =>
  name === "reports" ? disk.reports.opened : disk[name].stream.opened

/** Opens a context at the first call, compares the identity of every context that is open at later ones. */
export const open = (
  connection: Connection,
  name: Name,
  identity: Identity,
  create: () => void
): Effect.Effect<void, CompanyMismatch | StoreError> =>
  Effect.suspend((): Effect.Effect<void, CompanyMismatch | StoreError> => {
    if (connection.disk.resting) return Effect.fail(CompanyIdentity.resting(identity.id))
    for (const context of names) {
      const opened = openedOf(connection.disk, context)
      const mismatched = opened === undefined ? undefined : mismatch(opened.identity, identity)
      if (mismatched !== undefined) return Effect.fail(mismatched)
    }
    const done = () => void connection.identities.set(name, identity)
    if (openedOf(connection.disk, name) !== undefined) return Effect.sync(done)
    return Effect.flatMap(CompanyIdentity.MakesRows, (makesRows) => {
      if (!makesRows) return Effect.fail(CompanyIdentity.absent(identity.id))
      create()
      return Effect.sync(done)
    })
  })

/** Why nothing may be written for a company that rests. */
export const refusalAtRest = ({ disk }: Connection): StoreError | undefined => {
  const opened = names.map((name) => openedOf(disk, name)).find((each) => each !== undefined)
  return disk.resting && opened !== undefined ? CompanyIdentity.resting(opened.identity.id) : undefined
}

/** Why a host may not write under a head that it has taken: it has not opened the context, or it is another's now. */
export const refusal = (connection: Connection, name: Name): StoreError | undefined => {
  const opened = openedOf(connection.disk, name)
  const configured = connection.identities.get(name)
  if (opened !== undefined && connection.disk.resting) return CompanyIdentity.resting(opened.identity.id)
  if (opened === undefined || configured === undefined) return notOpened()
  const mismatched = mismatch(opened.identity, configured)
  return mismatched === undefined ? undefined : CompanyIdentity.refused(mismatched)
}

/** Waits for the heads of all contexts and for a host's cursors, and lets them go afterwards. */
export const holdingAll = <A, E>(connection: Connection, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    const { billing, cursors, reports, tasks, users } = connection.disk
    const heads = [users.stream.lock, tasks.stream.lock, billing.stream.lock, reports.lock]
    const tickets = [...heads, ...[...cursors.values()].map(({ lock }) => lock)].map((lock) => connection.enter(lock))
    return Effect.andThen(
      Effect.forEach(tickets, (ticket) => ticket.turn, { discard: true }),
      effect
    ).pipe(Effect.ensuring(Effect.sync(() => tickets.forEach((ticket) => ticket.leave()))))
  })

/** Puts an identity in the place of the stored ones, under the heads of all contexts. */
export const adopt = (
  connection: Connection,
  name: Name,
  identity: Identity,
  create: () => void,
  moved: (head: TaskHead) => TaskHead = (head) => head
): Effect.Effect<void, CompanyMismatch | StoreError> =>
  holdingAll(
    connection,
    Effect.suspend((): Effect.Effect<void, CompanyMismatch | StoreError> => {
      const { disk } = connection
      const [tasks, billing] = [disk.tasks.stream.opened, disk.billing.stream.opened]
      const isEmpty = !(tasks?.head.number || billing?.head.number || billing?.head.tasks.number)
      const opened = names.flatMap((context) => {
        const stored = openedOf(disk, context)
        return stored === undefined ? [] : [{ name: context, identity: stored.identity }]
      })
      const after = CompanyIdentity.adoption(name, opened, isEmpty, identity)
      if (after instanceof CompanyMismatch) return Effect.fail(after)
      for (const one of after) openedOf(disk, one.name)!.identity = one.identity
      if (tasks !== undefined && isEmpty) tasks.head = moved(tasks.head)
      return open(connection, name, identity, create)
    })
  )
