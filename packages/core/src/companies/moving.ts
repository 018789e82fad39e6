/**
 * How a company moves to another database: its rows are copied while it rests and compared, then it leaves where it
 * was. Every step can be done again after a crash, and none makes two homes that could be woken.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { StoreError } from "../values/StoreError.ts"
import type { CompanyArchive, Dumped, Lines } from "./CompanyArchive.ts"
import type { CompanyHome } from "./CompanyHome.ts"

type Home = CompanyHome["Service"]

/** How far a move is. */
export interface MoveProgress {
  /** What is done now, in this order: rows are copied, read back and compared, and left where they were. */
  readonly step: "resting" | "copying" | "comparing" | "leaving" | "waking"
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

const isSame = (one: Dumped, other: Dumped): boolean =>
  one.tables.length === other.tables.length &&
  one.tables.every(({ rows, sha256, table }, index) => {
    const copy = other.tables[index]!
    return copy.table === table && copy.rows === rows && copy.sha256 === sha256
  })

/**
 * Puts a company to rest, copies its rows, reads the copy back and compares it, and has the company leave the first
 * home. It still has to `settle` in the second one, once everybody knows that it lives there. What is found there of an
 * earlier try is taken for the copy if it equals the rows.
 */
export const moveRows = (company: string, from: Home, to: Home, told: Told = () => {}) =>
  Effect.catchIf(
    moveAll(company, from, to, told),
    // What an archive refuses stays so: the company was woken, or its rows are of another migration.
    (error): error is StoreError => error._tag === "StoreError" && error.reason === "Conflict",
    ({ message }) => Effect.fail(new MoveRefused({ company, reason: message }))
  )

const moveAll = Effect.fnUntraced(function* (company: string, from: Home, to: Home, told: Told) {
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
  if (copy === null || !isSame(dumped, copy)) {
    const reason = "where it is to live there are other rows of it: erase them there if they are of an earlier move"
    return yield* new MoveRefused({ company, reason })
  }
  // Two names of one database: the company would leave the rows that it has come to.
  if (dumped.away === null && copy.away === null) {
    return yield* new MoveRefused({ company, reason: "it lives there already, by another name of the same database" })
  }
  told({ step: "leaving", rows: 0 })
  yield* source.leave(company, dumped.rest)
  return copy.tables
})
