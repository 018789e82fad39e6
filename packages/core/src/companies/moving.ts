/**
 * How a company moves to another database: its rows are copied while it rests and compared, then it leaves where it
 * was. Every step can be done again after a crash, and none makes two homes that could be woken.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Company } from "../company/Company.ts"
import { isRefusal } from "../stream/refusals.ts"
import type { StoreError } from "../values/StoreError.ts"
import { type Home, homeAt, type Inside, known } from "./asking.ts"
import type { CompanyArchive, Dumped, Lines, TableSum } from "./CompanyArchive.ts"
import type { CompanyChange } from "./CompanyDirectory.ts"
import type { CompanyRecord, UnknownCompany, UnknownDatabase } from "./CompanyRecord.ts"
import { CompanySecrets } from "./CompanySecrets.ts"
import { companyOf } from "./opening.ts"
import { firstDifference } from "./proving.ts"

/** How far a move is. */
export interface MoveProgress {
  /** What is done now, in this order: rows are copied, read back and compared, verified, and left where they were. */
  readonly step: "resting" | "copying" | "comparing" | "verifying" | "leaving" | "waking"
  /** How many rows were copied, or read back, in this step. */
  readonly rows: number
}

/** Hears how a move goes. */
export type Told = (progress: MoveProgress) => void

/** The company stays where it is. */
export class MoveRefused extends Schema.TaggedError<MoveRefused>()("MoveRefused", {
  company: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `company ${this.company} is not moved: ${this.reason}`
  }
}

/** Counts the rows among lines: arrays, between the objects that tell of them. */
const counting = (step: MoveProgress["step"], told: Told) => {
  let rows = 0
  told({ step, rows })
  return (lines: Lines) =>
    Effect.sync(() => {
      for (const line of lines) if (line.startsWith("[")) rows += 1
      told({ step, rows })
    })
}

const archiveOf = ({ archive }: Home, company: string): Effect.Effect<CompanyArchive, MoveRefused> =>
  archive === null
    ? Effect.fail(new MoveRefused({ company, reason: "one of its databases has no way to dump or restore rows" }))
    : Effect.succeed(archive)

/** What to do about rows that are in the way. */
const advice = "erase them there if they are of an earlier move"

/** Why rows that were found are not the copy of what was dumped; undefined where they are. */
const notTheCopy = (dumped: Dumped, copy: Dumped | null, isEarlier: boolean): string | undefined => {
  // Rows that have gone wake for nobody, also where they are the same: the company would have left both homes.
  if (copy === null || copy.away === "gone") return `where it is to live are rows that it has left: ${advice}`
  const copied = new Map(copy.tables.map((sum) => [sum.table, sum]))
  const isCopied = ({ mayLag, rows, sha256, table }: TableSum) => {
    const found = copied.get(table)
    return found !== undefined && ((isEarlier && mayLag) || (found.rows === rows && found.sha256 === sha256))
  }
  const others = dumped.tables.filter((sum) => !isCopied(sum)).map(({ table }) => table)
  return others.length === 0
    ? undefined
    : `where it is to live there are other rows of it (${others.join(", ")}): ${advice}`
}

/** What a move of rows is told, and tells. */
interface MoveOptions<E> {
  /**
   * Asked right before the company leaves its first home: fails where that is somebody else's to do by now. Default:
   * nobody else moves it.
   */
  readonly stillOurs?: Effect.Effect<void, E>
  readonly told?: Told | undefined
}

/**
 * Puts a company to rest, copies its rows, reads the copy back and compares it, verifies it, and has the company leave
 * the first home. It still has to `settle` in the second one, once everybody knows that it lives there; returns what
 * the copy came to. What is found there of an earlier try is taken for the copy if it equals the rows, apart from those
 * that may lag.
 */
export const moveRows = <E = never>(company: Company["Service"], from: Home, to: Home, options: MoveOptions<E> = {}) =>
  Effect.catchIf(
    moveAll(company, from, to, options),
    // What an archive refuses stays so: the company was woken, or its rows are of another migration. Who only came
    // second, to a lock or a row, comes again.
    (error) => isRefusal(error),
    (error) => Effect.fail(new MoveRefused({ company: company.settings.id, reason: (error as StoreError).message }))
  )

const moveAll = Effect.fnUntraced(function* <E>(
  moving: Company["Service"],
  from: Home,
  to: Home,
  { stillOurs = Effect.void, told = () => {} }: MoveOptions<E>
) {
  const company = moving.settings.id
  const [source, target] = [yield* archiveOf(from, company), yield* archiveOf(to, company)]
  told({ step: "resting", rows: 0 })
  yield* from.rest([company])
  const dumping = (write: (lines: Lines) => Effect.Effect<void, StoreError>) =>
    Effect.flatMap(source.dump(company, write), (dumped) =>
      dumped === null
        ? Effect.fail(new MoveRefused({ company, reason: "it has no rows yet: to open it once more makes them" }))
        : Effect.succeed(dumped)
    )
  const earlier = yield* target.dump(company, () => Effect.void)
  const copied = counting("copying", told)
  const dumped =
    earlier === null
      ? yield* target.restore(company, (write) => dumping((lines) => Effect.andThen(write(lines), copied(lines))))
      : yield* dumping(copied)
  const copy = earlier ?? (yield* target.dump(company, counting("comparing", told)))
  const reason = notTheCopy(dumped, copy, earlier !== null)
  if (copy === null || reason !== undefined) return yield* new MoveRefused({ company, reason: reason! })
  // Two names of one database: the company would leave the rows that it has come to.
  if (dumped.away === null && copy.away === null) {
    return yield* new MoveRefused({ company, reason: "it lives there already, by another name of the same database" })
  }
  told({ step: "verifying", rows: 0 })
  const difference = yield* firstDifference(to, moving)
  if (difference !== null) {
    const reason = `its rows contradict their own record, and so does the copy: ${difference.message}`
    return yield* new MoveRefused({ company, reason })
  }
  told({ step: "leaving", rows: 0 })
  yield* stillOurs
  yield* source.leave(company, dumped.rest)
  return copy
})

/** What may be changed of a company: where it has moved as often as the mover knows, it is still the mover's. */
type Unmoved = Pick<CompanyRecord, "moves"> & Partial<Pick<CompanyRecord, "status">>

const changeIf = Effect.fnUntraced(function* (
  { directory }: Inside,
  company: string,
  only: Unmoved,
  change: CompanyChange
) {
  const changed = yield* directory.change([company], change, only)
  if (changed.length === 0) {
    return yield* new MoveRefused({ company, reason: "somebody woke or moved it meanwhile" })
  }
})

/** How a company waits to be settled that has come, and how often it has moved. */
interface Come {
  readonly rest: string | null
  readonly moves: number
}

/** Brings a company's rows to another database, and has the directory say so. */
const bring = Effect.fnUntraced(function* (
  inside: Inside,
  record: CompanyRecord,
  database: string,
  told: Told | undefined
) {
  const { database: livesIn, id, moves } = record
  const to = yield* inside.homeOf(database)
  const from = yield* homeAt(inside, livesIn)
  const secret = yield* Effect.flatMap(CompanySecrets, (secrets) => secrets.of(id))
  yield* changeIf(inside, id, { moves }, { status: "resting" })
  yield* inside.activation.forget(id)
  const still = { status: "resting", moves } as const
  // It may have stood still since it read the record.
  const stillOurs = changeIf(inside, id, still, {})
  const { rest } = yield* moveRows(companyOf(record, secret), from, to, { stillOurs, told })
  yield* changeIf(inside, id, still, { database })
  return { rest, moves: moves + 1 } satisfies Come
})

/** What has come by somebody else's doing, or by an earlier try, to where the directory says. */
const come = Effect.fnUntraced(function* (inside: Inside, { id, moves }: CompanyRecord, { archive }: Home) {
  const rest = yield* archive?.rest(id) ?? Effect.succeed(null)
  // What was seen is what the directory means, unless the company has moved on since.
  yield* changeIf(inside, id, { moves }, {})
  return { rest, moves } satisfies Come
})

interface Options {
  readonly wake?: boolean
  readonly told?: Told
}

export const move = Effect.fnUntraced(function* (
  inside: Inside,
  id: string,
  database: string,
  { told, wake: isWoken = true }: Options
) {
  const to = yield* inside.homeOf(database)
  const record = Effect.map(known(inside.directory, [id]), ([found]) => found!)
  const before = yield* record
  const moving: Effect.Effect<Come, UnknownCompany | UnknownDatabase | MoveRefused | StoreError, CompanySecrets> =
    before.database === database ? come(inside, before, to) : bring(inside, before, database, told)
  const { moves, rest } = yield* Effect.catch(moving, (error) =>
    // Whoever moves it there on another node may have been faster: then it has moved.
    Effect.flatMap(record, (now) =>
      now.database === database && now.moves !== before.moves ? come(inside, now, to) : Effect.fail(error)
    )
  )
  told?.({ step: "waking", rows: 0 })
  if (rest !== null) yield* to.archive?.settle(id, rest) ?? Effect.void
  yield* inside.activation.forget(id)
  if (!isWoken) return
  yield* changeIf(inside, id, { moves }, { status: "open" })
  yield* to.wake([id])
})
