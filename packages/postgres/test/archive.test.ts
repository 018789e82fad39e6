/** The suite of `CompanyArchive` catches adapters that break its promises. */
import { PgClient } from "@effect/sql-pg/PgClient"
import { type CompanyArchive, CompanyHome } from "@popug/core"
import { Postgres } from "@popug/postgres"
import { check, companyArchive } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { client, databases, hostOver } from "./support.ts"

const runtime = ManagedRuntime.make(Postgres.layerClient(client))
beforeAll(async () => void (await runtime.runPromise(PgClient)))
afterAll(() => runtime.dispose())
const shared = Layer.effect(
  PgClient,
  Effect.promise(() => runtime.runPromise(PgClient))
)
const [one, other] = [hostOver(shared), hostOver(shared)]

type Sentence = keyof typeof companyArchive.promises

const mutants: ReadonlyArray<{
  readonly name: string
  readonly breaks: ReadonlyArray<Sentence>
  readonly mutilate: (archive: CompanyArchive) => Partial<CompanyArchive>
}> = [
  {
    name: "forgets the last row of what it tells at once",
    breaks: ["what is restored is what was dumped, to the last byte", "a company that has come goes on where it was"],
    mutilate: ({ restore }) => ({
      restore: (company, feed) =>
        restore(company, (write) => feed((lines) => write(lines.filter((line) => !line.includes("again")))))
    })
  },
  {
    name: "takes what has come for what lives here",
    breaks: ["what has come is not woken before it is settled"],
    mutilate: ({ rest, restore, settle }) => ({
      restore: (company, feed) =>
        Effect.tap(restore(company, feed), () => Effect.flatMap(rest(company), (resting) => settle(company, resting!)))
    })
  },
  {
    name: "takes every company for one that lives here",
    breaks: ["a dump says whether the company lives here, has come or has gone"],
    mutilate: ({ dump }) => ({
      dump: (company, write) => Effect.map(dump(company, write), (dumped) => dumped && { ...dumped, away: null })
    })
  },
  {
    name: "never settles",
    breaks: [
      "a company that has come goes on where it was",
      "what has come is not woken before it is settled",
      "what does not rest as it is told is not settled"
    ],
    mutilate: () => ({ settle: () => Effect.void })
  },
  {
    name: "settles whatever has come",
    breaks: ["what does not rest as it is told is not settled"],
    mutilate: ({ rest, settle }) => ({
      settle: (company) => Effect.flatMap(rest(company), (now) => (now === null ? Effect.void : settle(company, now)))
    })
  },
  {
    name: "does not leave",
    breaks: ["what has gone is not woken"],
    mutilate: () => ({ leave: () => Effect.void })
  },
  {
    name: "leaves whatever has happened",
    breaks: ["is not left where something may have happened since the dump"],
    mutilate: ({ dump, leave }) => ({
      leave: (company) =>
        Effect.flatMap(
          dump(company, () => Effect.void),
          (now) => leave(company, now!.rest)
        )
    })
  },
  {
    name: "leaves whoever is awake alone, and says nothing",
    breaks: ["a company that does not rest is neither dumped nor left"],
    mutilate: ({ leave }) => ({ leave: (company, rest) => Effect.ignore(leave(company, rest)) })
  },
  {
    name: "takes rows that are there for those of the dump",
    breaks: ["a company that has rows here is not restored over them"],
    mutilate: ({ restore }) => ({
      restore: (company, feed) => Effect.catch(restore(company, feed), () => feed(() => Effect.void))
    })
  },
  {
    name: "tells of somebody who is not here",
    breaks: ["a company that is not here has no dump"],
    mutilate: ({ dump }) => ({
      dump: (company, write) =>
        Effect.map(dump(company, write), (dumped) => dumped ?? { tables: [], away: null, rest: "" })
    })
  },
  {
    name: "tells each time of another moment",
    breaks: ["tells of one company alone", "what breaks off in the middle has made nothing, and can be done again"],
    mutilate: ({ dump }) => {
      let times = 0
      return {
        dump: (company, write) => {
          times += 1
          return dump(company, (lines) => write(lines.map((line) => line + " ".repeat(times))))
        }
      }
    }
  },
  {
    name: "restores what can be read",
    breaks: [
      "a dump that ends too early is refused whole",
      "a dump with another row is refused whole",
      "a dump without one of its rows is refused whole",
      "a dump of another company is refused"
    ],
    mutilate: ({ restore }) => ({ restore: (company, feed) => Effect.ignore(restore(company, feed)) as never })
  }
]

const withArchive = (mutilate: (archive: CompanyArchive) => Partial<CompanyArchive>, home: typeof one) =>
  Layer.effect(
    CompanyHome,
    Effect.map(CompanyHome, (real) => ({ ...real, archive: { ...real.archive!, ...mutilate(real.archive!) } }))
  ).pipe(Layer.provide(home))

describe("the suite of CompanyArchive", () => {
  it("has a mutant for each promise", () => {
    const broken = new Set(mutants.flatMap(({ breaks }) => breaks))
    expect(Object.keys(companyArchive.promises).filter((sentence) => !broken.has(sentence as Sentence))).toEqual([])
  })

  it.each(mutants)("catches an adapter that $name", async ({ breaks, mutilate }) => {
    for (const sentence of breaks) {
      const layer = databases(withArchive(mutilate, one), withArchive(mutilate, other))
      const exit = await Effect.runPromiseExit(check(companyArchive.promises[sentence], layer, "5 seconds"))
      expect(Exit.isFailure(exit), `"${sentence}" was not broken`).toBe(true)
    }
  })
})
