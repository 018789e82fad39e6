/**
 * The promises of `CompanyArchive`: the rows of a company leave one database and come into another.
 *
 * The two instances of the suite are two databases: `instances(() => layer)` where the layer is over an empty database
 * each time that it is built.
 */
import { type CompanyArchive, CompanyHome, CursorStore, type Dumped, StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import { commits, heads, open, within } from "./companyKit.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { first, second } from "./instances.ts"
import * as Suite from "./Suite.ts"
import { kit as users } from "./userStore.ts"

const archive = Effect.map(CompanyHome, (home): CompanyArchive => {
  if (home.archive === null) throw new Error("the home has no archive")
  return home.archive
})

const rest = (...ids: ReadonlyArray<string>) => Effect.flatMap(CompanyHome, (home) => home.rest(ids))
const wake = (...ids: ReadonlyArray<string>) => Effect.flatMap(CompanyHome, (home) => home.wake(ids))
/** Settles what has come and rests. */
const settle = (id: string) =>
  Effect.flatMap(archive, (own) =>
    Effect.flatMap(own.rest(id), (rest) => (rest === null ? Effect.void : own.settle(id, rest)))
  )
const leave = (id: string, { rest }: Dumped) => Effect.flatMap(archive, (own) => own.leave(id, rest))

/** All lines of a dump, and what it came to. */
const dump = (id: string) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const dumped = yield* (yield* archive).dump(id, (some) => Effect.sync(() => void lines.push(...some)))
    return dumped === null ? null : { lines, dumped }
  })

/** The same of a company that has rows. */
const whole = (id: string) =>
  Effect.map(dump(id), (found) => {
    if (found === null) throw new Error(`company ${id} has no rows`)
    return found
  })

/** Restores lines, a few at a time. */
const restore = (id: string, lines: ReadonlyArray<string>) =>
  Effect.flatMap(archive, (own) =>
    own.restore(id, (write) =>
      Effect.gen(function* () {
        for (let from = 0; from < lines.length; from += 7) yield* write(lines.slice(from, from + 7))
      })
    )
  )

/** A commit with a recorded command, and where a host's consumer stands. */
const command = users.transact((tx) => tx.save({ ...users.changes(tx, ["zoe"]), commands: [Data.recorded("again")] }))
const answer = users.transact((tx) => Effect.map(users.load(tx, "again"), ({ command }) => command?.answer ?? null))
const moveCursor = Effect.flatMap(CursorStore, (cursors) =>
  cursors.transact("host", "users", (cursor) =>
    Effect.succeed([null, { ...cursor, number: cursor.number + 1 }] as const)
  )
)
/** A commit after those of `lived`. */
const later = users.transact((tx) => tx.save(users.changes(tx, ["bob"])))
const cursor = Effect.flatMap(CursorStore, (cursors) => Effect.map(cursors.list, ([one]) => one?.number))

/** Opens a company with something in every context. */
const lived = (id: string) =>
  Effect.andThen(open(id), within(id, Effect.all([...Object.values(commits), command, moveCursor], { discard: true })))

/** Opens a company, has things happen in it, and puts it to rest. */
const rested = (id: string) => Effect.andThen(lived(id), rest(id))

const resting = { reason: "Resting", retryable: false } as const

/** A line changed, beside others that are as they were. */
const changed = (lines: ReadonlyArray<string>, at: number, line: string) => lines.with(at, line)

const refusesDump = (what: string, change: (lines: ReadonlyArray<string>) => ReadonlyArray<string>) =>
  Effect.gen(function* () {
    yield* first(rested("one"))
    const { lines } = yield* first(whole("one"))
    yield* refused(second(restore("one", change(lines))), what)
    same(yield* second(dump("one")), null, "what is there after the refusal")
    yield* second(restore("one", lines))
  })

export const companyArchive = Suite.make("CompanyArchive", {
  "what is restored is what was dumped, to the last byte": Effect.gen(function* () {
    // Its number is another one there.
    yield* second(open("two", "three"))
    yield* first(rested("one"))
    const { dumped, lines } = yield* first(whole("one"))
    yield* second(restore("one", lines))
    const copy = yield* second(whole("one"))
    same(copy.dumped.tables, dumped.tables, "what the tables come to")
    same(copy.lines, lines, "the lines")
  }),

  "a company that has come goes on where it was": Effect.gen(function* () {
    yield* first(lived("one"))
    const before = yield* first(within("one", heads))
    yield* first(rest("one"))
    yield* second(restore("one", (yield* first(whole("one"))).lines))
    yield* second(Effect.andThen(settle("one"), wake("one")))
    same(yield* second(within("one", heads)), before, "the heads")
    same(yield* second(within("one", answer)), Data.recorded("again").answer, "what a command was answered")
    same(yield* second(within("one", cursor)), 1, "where a host's consumer stands")
    yield* second(within("one", later))
    const [user, task, bill] = before.numbers
    same((yield* second(within("one", heads))).numbers, [user! + 1, task, bill], "the heads after a commit")
  }),

  "tells of one company alone": Effect.gen(function* () {
    yield* first(Effect.andThen(lived("other"), rested("one")))
    const { lines } = yield* first(whole("one"))
    yield* first(within("other", later))
    same((yield* first(whole("one"))).lines, lines, "the lines once more happened in the other one")
    yield* second(Effect.andThen(open("other"), restore("one", lines)))
    same((yield* second(within("other", heads))).numbers, [0, 0, 0], "the heads of the other one there")
  }),

  "a dump says whether the company lives here, has come or has gone": Effect.gen(function* () {
    yield* first(rested("one"))
    const { dumped, lines } = yield* first(whole("one"))
    same(dumped.away, null, "where it lives")
    yield* second(restore("one", lines))
    same((yield* second(whole("one"))).dumped.away, "arrived", "where it has come")
    yield* first(leave("one", dumped))
    same((yield* first(whole("one"))).dumped.away, "gone", "where it was")
    yield* second(settle("one"))
    same((yield* second(whole("one"))).dumped.away, null, "where it lives then")
  }),

  "a company that is not here has no dump": Effect.gen(function* () {
    yield* first(open("one"))
    same(yield* first(dump("nobody")), null, "the dump of nobody")
  }),

  "a company that does not rest is neither dumped nor left": Effect.gen(function* () {
    yield* first(rested("one"))
    const { dumped } = yield* first(whole("one"))
    yield* first(wake("one"))
    yield* refused(first(dump("one")), "the dump")
    yield* refused(first(leave("one", dumped)), "the leaving")
    yield* first(within("one", later))
  }),

  "what has come is not woken before it is settled": Effect.gen(function* () {
    yield* first(rested("one"))
    yield* second(restore("one", (yield* first(whole("one"))).lines))
    yield* refused(second(within("one", heads)), "the opening of what has come", resting)
    yield* second(wake("one"))
    yield* refused(second(within("one", heads)), "the opening of what is not settled", resting)
    yield* second(Effect.andThen(settle("one"), settle("one")))
    yield* refused(second(within("one", heads)), "the opening of what rests", resting)
    yield* second(wake("one"))
    yield* second(within("one", later))
  }),

  "what does not rest as it is told is not settled": Effect.gen(function* () {
    yield* first(rested("one"))
    yield* second(restore("one", (yield* first(whole("one"))).lines))
    const [own, there] = [yield* first(archive), yield* second(archive)]
    const rest = yield* there.rest("one")
    same(rest, (yield* second(whole("one"))).dumped.rest, "the rest as a dump tells it")
    yield* there.settle("one", (yield* own.rest("one"))!)
    yield* there.settle("one", `${rest} or another`)
    yield* second(wake("one"))
    yield* refused(second(within("one", heads)), "the opening of what is not settled", resting)
    yield* there.settle("one", rest!)
    yield* second(wake("one"))
    yield* second(within("one", later))
    same(yield* there.rest("one"), null, "the rest of a company that works")
    same(yield* there.rest("nobody"), null, "the rest of nobody")
  }),

  "what has gone is not woken": Effect.gen(function* () {
    yield* first(rested("one"))
    const { dumped, lines } = yield* first(whole("one"))
    yield* first(leave("one", dumped))
    yield* first(Effect.all([wake("one"), settle("one"), wake("one")]))
    yield* refused(first(within("one", heads)), "the opening of what has gone", resting)
    const again = yield* first(whole("one"))
    same(again.lines, lines, "the dump of what has gone")
    yield* first(leave("one", again.dumped))
  }),

  "is not left where something may have happened since the dump": Effect.gen(function* () {
    yield* first(rested("one"))
    const { dumped } = yield* first(whole("one"))
    yield* first(wake("one"))
    yield* first(within("one", later))
    yield* first(rest("one"))
    yield* refused(first(leave("one", dumped)), "the leaving")
    yield* first(leave("one", (yield* first(whole("one"))).dumped))
  }),

  "a company that has rows here is not restored over them": Effect.gen(function* () {
    yield* first(rested("one"))
    const { lines } = yield* first(whole("one"))
    yield* second(open("one"))
    yield* refused(second(restore("one", lines)), "the restore over one that is open")
    same((yield* second(within("one", heads))).numbers, [0, 0, 0], "the heads of the one that is open")
    yield* refused(first(restore("one", lines)), "the restore over the one that was dumped")
  }),

  "a dump that ends too early is refused whole": refusesDump("a dump without its end", (lines) => lines.slice(0, -1)),
  "a dump with another row is refused whole": refusesDump("another row", (lines) => {
    const at = lines.findIndex((line) => line.startsWith("[") && line.includes("ann"))
    return changed(lines, at, lines[at]!.replace("ann", "eve"))
  }),
  "a dump without one of its rows is refused whole": refusesDump("a row less", (lines) =>
    lines.toSpliced(
      lines.findIndex((line) => line.startsWith("[")),
      1
    )
  ),
  "a dump of another company is refused": refusesDump("a dump of another one", (lines) =>
    changed(lines, 0, lines[0]!.replace('"one"', '"two"'))
  ),

  "what breaks off in the middle has made nothing, and can be done again": Effect.gen(function* () {
    yield* first(rested("one"))
    const { lines } = yield* first(whole("one"))
    const cut = new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message: "cut" })
    const own = yield* second(archive)
    const broken = own.restore("one", (write) => Effect.andThen(write(lines.slice(0, -2)), Effect.fail(cut)))
    yield* refused(broken, "the restore", { reason: "Unavailable", retryable: true })
    same(yield* second(dump("one")), null, "what is there")
    yield* second(restore("one", lines))
    const half = (yield* first(archive)).dump("one", () => Effect.fail(cut))
    yield* refused(half, "the dump", { reason: "Unavailable", retryable: true })
    same((yield* first(whole("one"))).lines, lines, "the dump")
  })
})
