/**
 * The promises of `CompanyDirectory`.
 */
import { CompanyDirectory } from "@popug/core"
import * as Effect from "effect/Effect"
import { record } from "./companyKit.ts"
import * as Data from "./Data.ts"
import { same } from "./expect.ts"
import * as Suite from "./Suite.ts"

const idOf = ({ id }: { readonly id: string }) => id

/** Ids in byte order, which is neither the order of letters nor of numbers. */
const ids = ["10", "9", "a", "a-1", "a1", "b", "z"]

/** Adds companies in another order than that of their ids. */
const added = Effect.gen(function* () {
  const directory = yield* CompanyDirectory
  yield* directory.add(ids.toReversed().map((id) => record(id)))
  return directory
})

export const companyDirectory = Suite.make("CompanyDirectory", {
  "what was added is there, to the last setting": Effect.gen(function* () {
    const directory = yield* CompanyDirectory
    const settings = { ...record("a").settings, closing: "by-hand" as const, longestJump: null }
    const companies = [record("a", { settings, status: "resting" }), record("b", { database: "eu-1" })]
    same(yield* directory.add(companies), companies, "what adding returns")
    same(yield* directory.load(["b", "a"]), companies, "what is there")
  }),

  "a company that is there stays as it is, and is returned": Effect.gen(function* () {
    const directory = yield* CompanyDirectory
    yield* directory.add([record("b")])
    const other = record("b", { database: "eu-1" })
    same(yield* directory.add([other, record("a")]), [record("a"), record("b")], "what adding returns")
    same(yield* directory.load(["a", "b"]), [record("a"), record("b")], "what is there")
  }),

  "of those who add a company at once one decides": Effect.gen(function* () {
    const directory = yield* CompanyDirectory
    const given = yield* Effect.forEach(
      Array.from({ length: 10 }, (_, index) => `db-${index}`),
      (database) => directory.add(["b", "a"].map((id) => record(id, { database }))),
      { concurrency: "unbounded" }
    )
    const [one] = given
    for (const each of given) same(each, one, "what each was given")
    same(yield* directory.load(["a", "b"]), one, "what is there")
  }),

  "loads those that are known, each once, by id": Effect.gen(function* () {
    const directory = yield* added
    same((yield* directory.load(["b", "nobody", "10", "b"])).map(idOf), ["10", "b"], "what is there")
    same(yield* directory.load([]), [], "nothing asked for")
  }),

  "changes what is named of those that are named, and returns them": Effect.gen(function* () {
    const directory = yield* added
    const settings = { ...record("a").settings, timeZone: "UTC" }
    const rests = record("b", { status: "resting" })
    same(yield* directory.change(["b", "nobody"], { status: "resting" }), [rests], "what was changed")
    yield* directory.change(["a", "b"], { database: "eu-1", settings })
    const moved = { database: "eu-1", settings, moves: 1 }
    same(
      yield* directory.load(["9", "a", "b"]),
      [record("9"), record("a", moved), { ...rests, ...moved }],
      "what is there"
    )
  }),

  "changes those alone whose status is the one named": Effect.gen(function* () {
    const directory = yield* added
    yield* directory.change(["a"], { status: "resting" })
    const changed = yield* directory.change(["a", "b"], { database: "eu-1" }, { status: "resting" })
    same(changed.map(idOf), ["a"], "what was changed")
    same(
      (yield* directory.load(["a", "b"])).map(({ database }) => database),
      ["eu-1", "main"],
      "where they are"
    )
  }),

  "counts how often a company comes to another database": Effect.gen(function* () {
    const directory = yield* added
    for (const database of ["eu-1", "eu-1", "main"]) yield* directory.change(["a", "b"], { database })
    yield* directory.change(["a"], { status: "resting" })
    same(
      (yield* directory.load(["9", "a", "b"])).map(({ moves }) => moves),
      [0, 2, 2],
      "how often each has moved"
    )
  }),

  "changes those alone that have moved as often as is said": Effect.gen(function* () {
    const directory = yield* added
    yield* directory.change(["a"], { database: "eu-1" })
    const changed = yield* directory.change(["a", "b"], { status: "resting" }, { moves: 1, status: "open" })
    same(changed.map(idOf), ["a"], "what was changed")
    same(yield* directory.change(["a", "b"], {}, { moves: 0, status: "resting" }), [], "what is as both say")
  }),

  "lists all in pages, by id, byte by byte": Effect.gen(function* () {
    const directory = yield* added
    same((yield* Data.allPages(idOf, 3, directory.list)).map(idOf), ids, "the companies")
  })
})
