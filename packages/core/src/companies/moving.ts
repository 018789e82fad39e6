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

/** The company stays where it is. */
export class MoveRefused extends Schema.TaggedError<MoveRefused>()("MoveRefused", {
  company: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `company ${this.company} is not moved: ${this.reason}`
  }
}

const nowhere = () => Effect.void

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
export const moveRows = Effect.fnUntraced(function* (company: string, from: Home, to: Home) {
  const [source, target] = [yield* archiveOf(from, company), yield* archiveOf(to, company)]
  yield* from.rest([company])
  const dumping = (write: (lines: Lines) => Effect.Effect<void, StoreError>) =>
    Effect.flatMap(source.dump(company, write), (dumped) =>
      dumped === null
        ? Effect.fail(new MoveRefused({ company, reason: "it has no rows yet: to open it once more makes them" }))
        : Effect.succeed(dumped)
    )
  const earlier = yield* target.dump(company, nowhere)
  const dumped = earlier === null ? yield* target.restore(company, dumping) : yield* dumping(nowhere)
  const copy = earlier ?? (yield* target.dump(company, nowhere))
  if (copy === null || !isSame(dumped, copy)) {
    const reason = "where it is to live there are other rows of it: erase them there if they are of an earlier move"
    return yield* new MoveRefused({ company, reason })
  }
  yield* source.leave(company, dumped.rest)
  return copy.tables
})
