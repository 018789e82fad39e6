/**
 * `CompanyWork` in memory: what is due is seen by looking at the disks.
 */
import {
  BusinessDay,
  byteOrder,
  type Claim,
  type CompanyConsumer,
  type StreamEnd,
  type CompanyHealth,
  CompanyIdentity,
  CompanyWork,
  type Cursor
} from "@popug/core"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Disk } from "./Disk.ts"
import { names, openedOf } from "./opening.ts"
import type { Attachment, Shelf } from "./Shelf.ts"

/** How many companies one look goes through. */
const slice = 500

/** A claim that is to last for longer was made by a clock that has been put back since. */
const farthestMillis = 86_400_000

/** When the open period ends; undefined where the tasks' context was not opened. */
const dueMillis = ({ tasks }: Disk): number | undefined => {
  const { opened } = tasks.stream
  return opened && BusinessDay.endOf(CompanyIdentity.calendarOf(opened.identity), opened.head.period).epochMilliseconds
}

const isDayOver = (disk: Disk, now: number): boolean => !disk.resting && (dueMillis(disk) ?? Infinity) <= now

/** The cursors of a company, and how far behind the heads of their sources they are. */
const consumersOf = ({ billing, reports, tasks, users }: Disk): ReadonlyArray<CompanyConsumer> => {
  const numbers = {
    users: users.stream.opened?.head.number,
    tasks: tasks.stream.opened?.head.number,
    billing: billing.stream.opened?.head.number
  }
  const heads = [tasks.stream.opened?.head.cursor, billing.stream.opened?.head.tasks, billing.stream.opened?.head.users]
  return [...heads, reports.opened?.cursor].flatMap((cursor: Cursor.Cursor | undefined) =>
    cursor === undefined
      ? []
      : [
          {
            consumer: cursor.consumer,
            source: cursor.source,
            number: cursor.number,
            behind: (numbers[cursor.source] ?? cursor.number) - cursor.number,
            stopped: cursor.stopped
          }
        ]
  )
}

/** Whether billing waits for a close by hand. */
const waits = ({ billing }: Disk): boolean => {
  const { opened } = billing.stream
  if (opened?.identity.rules["closing"] !== "by-hand") return false
  const { approved, awaiting } = opened.head
  return awaiting !== null && approved !== awaiting
}

const hasWork = (disk: Disk, now: number): boolean =>
  !disk.resting &&
  (isDayOver(disk, now) ||
    disk.reports.table.hasDue(now) ||
    consumersOf(disk).some(
      ({ behind, consumer, stopped }) => stopped === null && behind > 0 && !(consumer === "billing" && waits(disk))
    ))

const health = (disk: Disk, company: string, attempts: number): CompanyHealth => {
  const due = dueMillis(disk)
  return {
    company,
    resting: disk.resting,
    period: disk.tasks.stream.opened?.head.period ?? null,
    dueAt: due === undefined ? null : DateTime.makeUnsafe(due),
    consumers: consumersOf(disk),
    attempts
  }
}

const endsOf = (company: string, { billing, tasks, users }: Disk): ReadonlyArray<StreamEnd> =>
  [users.stream, tasks.stream, billing.stream].flatMap(({ events, opened, source }) =>
    opened === undefined ? [] : [{ company, source, number: events.length }]
  )

/** Who does what, by the claims of a shelf. */
const claimsOf = ({ claims }: Shelf) => {
  const isFree = (company: string, now: number): boolean => {
    const claim = claims.get(company)
    return claim === undefined || claim.until <= now || claim.until > now + farthestMillis
  }
  const take = (
    companies: ReadonlyArray<string>,
    now: number,
    lease: Duration.Duration,
    isDayOver: boolean
  ): ReadonlyArray<Claim> =>
    companies.map((company) => {
      const until = now + Duration.toMillis(lease)
      const attempts = (claims.get(company)?.attempts ?? 0) + 1
      claims.set(company, { until, attempts })
      return { company, attempts, isDayOver, token: `${until}` }
    })
  const isHeld = ({ company, token }: Claim): boolean => `${claims.get(company)?.until}` === token
  return { isFree, take, isHeld }
}

/** Those whose day is over, and what else is due in a part of all companies. */
const look = (
  { disks, ids }: Shelf,
  isFree: (company: string, now: number) => boolean,
  now: number,
  { after, limit }: { readonly after: string | null; readonly limit: number }
) => {
  const days = [...disks]
    .filter(([id, disk]) => isDayOver(disk, now) && isFree(id, now))
    .sort(([, a], [, b]) => dueMillis(a)! - dueMillis(b)!)
    .slice(0, limit)
    .map(([id]) => id)
  const part: Array<string> = []
  for (const id of ids.from(after ?? undefined)) if (part.push(id) === slice) break
  const others = part
    .filter((id) => isFree(id, now) && !days.includes(id) && hasWork(disks.get(id)!, now))
    .slice(0, limit - days.length)
  const isFull = days.length + others.length === limit
  const last = part.length < slice ? null : part.at(-1)!
  return { days, others, next: isFull ? (others.at(-1) ?? after ?? "") : last }
}

const words = (attachment: Attachment) =>
  Effect.gen(function* () {
    const told = yield* Queue.sliding<string>(10_000)
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        attachment.shelf.listen((company) => void (attachment.alive && Queue.offerUnsafe(told, company)))
      ),
      (leave) => Effect.sync(leave)
    )
    return told
  })

export const make = (attachment: Attachment): CompanyWork["Service"] => {
  const { shelf } = attachment
  const { claims, disks } = shelf
  const { isFree, isHeld, take } = claimsOf(shelf)
  const atNow = <A>(value: (now: number) => A) =>
    attachment.call(() => Effect.map(Clock.currentTimeMillis, (now) => value(now)))

  return CompanyWork.of({
    due: ({ lease, ...request }) =>
      atNow((now) => {
        const { days, next, others } = look(shelf, isFree, now, request)
        return { claims: [...take(days, now, lease, true), ...take(others, now, lease, false)], next }
      }),
    claim: (companies, lease) =>
      atNow((now) => {
        const free = [...new Set(companies)].filter((id) => disks.has(id) && isFree(id, now))
        const due = free.filter((id) => hasWork(disks.get(id)!, now))
        return take(due, now, lease, false)
      }),
    done: (given) =>
      atNow(() => {
        for (const claim of given) if (isHeld(claim)) claims.delete(claim.company)
      }),
    putOff: (given, wait) =>
      atNow((now) => {
        for (const claim of given) {
          if (!isHeld(claim)) continue
          const { attempts } = claims.get(claim.company)!
          claims.set(claim.company, { until: now + Duration.toMillis(wait), attempts })
        }
      }),
    words: words(attachment),
    health: (companies) =>
      atNow(() =>
        [...new Set(companies)].sort(byteOrder).flatMap((id) => {
          const disk = disks.get(id)
          // Whoever asks for a company's ports makes a disk; it is here once something was opened.
          const isHere = disk !== undefined && names.some((name) => openedOf(disk, name) !== undefined)
          return isHere ? [health(disk, id, claims.get(id)?.attempts ?? 0)] : []
        })
      ),
    ends: (companies) =>
      atNow(() =>
        [...new Set(companies)].flatMap((company) => {
          const disk = disks.get(company)
          return disk === undefined ? [] : endsOf(company, disk)
        })
      )
  })
}
