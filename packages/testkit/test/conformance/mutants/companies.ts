/**
 * Mutants of the ports of a host of many companies.
 */
import {
  BillingStore,
  type Claim,
  CompanyDirectory,
  type CompanyHealth,
  CompanyHome,
  CompanyIdentity,
  type CompanyWork,
  CursorStore,
  type Envelope,
  ReportStore,
  TaskStore,
  UserStore
} from "@popug/core"
import { Memory } from "@popug/memory"
import { companyDirectory, companyHome, companyWork } from "@popug/testkit/conformance"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { mutants } from "./Mutant.ts"

type Directory = CompanyDirectory["Service"]
type Home = CompanyHome["Service"]
type Work = CompanyWork["Service"]

const real = Layer.suspend(() => Memory.layerShelf(Memory.shelf()))

const withDirectory = (mutilate: (directory: Directory) => Partial<Directory>) =>
  Layer.effect(
    CompanyDirectory,
    Effect.map(CompanyDirectory, (directory) => ({ ...directory, ...mutilate(directory) }))
  ).pipe(Layer.provide(real))

export const directories = mutants(companyDirectory, real, [
  {
    name: "knows no jump without a limit",
    breaks: ["what was added is there, to the last setting"],
    layer: withDirectory(({ add }) => ({
      add: (companies) =>
        add(companies.map((company) => ({ ...company, settings: { ...company.settings, longestJump: 31 } })))
    }))
  },
  {
    name: "puts a new company in the place of one that is there",
    breaks: ["a company that is there stays as it is, and is returned"],
    layer: withDirectory(({ add, change, load }) => ({
      add: Effect.fnUntraced(function* (companies) {
        yield* add(companies)
        for (const { id, ...company } of companies) yield* change([id], company)
        return yield* load(companies.map(({ id }) => id))
      })
    }))
  },
  {
    name: "tells everybody that they have decided",
    breaks: ["of those who add a company at once one decides"],
    layer: withDirectory(({ add }) => ({ add: (companies) => Effect.as(add(companies), companies) }))
  },
  {
    name: "loads as often as it is asked",
    breaks: ["loads those that are known, each once, by id"],
    layer: withDirectory(({ load }) => ({
      load: (ids) =>
        Effect.map(
          Effect.forEach(ids, (id) => load([id])),
          (found) => found.flat()
        )
    }))
  },
  {
    name: "changes nothing",
    breaks: ["changes what is named of those that are named, and returns them"],
    layer: withDirectory(({ load }) => ({ change: load }))
  },
  {
    name: "changes companies of any status",
    breaks: ["changes those alone whose status is the one named"],
    layer: withDirectory(({ change }) => ({ change: (ids, to) => change(ids, to) }))
  },
  {
    name: "changes companies however often they have moved",
    breaks: ["changes those alone that have moved as often as is said"],
    layer: withDirectory(({ change }) => ({
      change: (ids, to, only) => change(ids, to, only?.status === undefined ? {} : { status: only.status })
    }))
  },
  {
    name: "counts no moves",
    breaks: [
      "changes what is named of those that are named, and returns them",
      "counts how often a company comes to another database"
    ],
    layer: withDirectory(({ change, load }) => ({
      load: (ids) => Effect.map(load(ids), (found) => found.map((record) => ({ ...record, moves: 0 }))),
      change: (ids, to, only) =>
        Effect.map(change(ids, to, only), (found) => found.map((record) => ({ ...record, moves: 0 })))
    }))
  },
  {
    name: "lists in any order",
    breaks: ["lists all in pages, by id, byte by byte"],
    layer: withDirectory(({ list }) => ({
      list: (paging) => Effect.map(list(paging), ({ more, rows }) => ({ more, rows: rows.toReversed() }))
    }))
  }
])

const withHome = (mutilate: (home: Home, shelf: Memory.Shelf) => Partial<Home>) =>
  Layer.suspend(() => {
    const shelf = Memory.shelf()
    return Layer.effect(
      CompanyHome,
      Effect.map(CompanyHome, (home) => ({ ...home, ...mutilate(home, shelf) }))
    ).pipe(Layer.provide(Memory.layerShelf(shelf)))
  })

type Transacting = {
  readonly transact: (...given: Array<unknown>) => Effect.Effect<unknown>
}

/** One store commits for companies that rest. */
const restless = <I, S>(tag: Context.Key<I, S> & Effect.Effect<S, never, I>) =>
  withHome((home, shelf) => ({
    ports: Layer.effect(
      tag,
      Effect.map(tag, (store) => {
        const { transact } = store as unknown as Transacting
        return {
          ...store,
          transact: (...given: Array<unknown>) =>
            Effect.suspend(() => {
              const { resting } = shelf.disk("one")
              shelf.disk("one").resting = false
              return Effect.ensuring(
                transact(...given),
                Effect.sync(() => void (shelf.disk("one").resting = resting))
              )
            })
        }
      })
    ).pipe(Layer.provideMerge(home.ports as Layer.Layer<I | Layer.Success<Home["ports"]>>)) as Home["ports"]
  }))

export const homes = mutants(companyHome, real, [
  {
    name: "opens the last of many alone",
    breaks: [
      "makes what the stores of all contexts would make",
      "opening again leaves what is there, and makes what is new"
    ],
    layer: withHome(({ open }) => ({ open: (companies) => open(companies.slice(-1)) }))
  },
  {
    name: "takes a company that was opened in part for one that is open",
    breaks: ["makes what a company lacks that was opened in part"],
    layer: withHome(({ open }, { disks }) => ({
      open: (companies) => open(companies.filter(({ id }) => !disks.has(id)))
    }))
  },
  {
    name: "tells nothing of other settings",
    breaks: [
      "tells which were opened otherwise, and opens the others",
      "of hosts that open companies at once one decides"
    ],
    layer: withHome(({ open }) => ({ open: (companies) => Effect.as(open(companies), new Map()) }))
  },
  ...(
    [
      ["a company at rest is refused under the head of the users", restless(UserStore)],
      ["a company at rest is refused under the head of the tasks", restless(TaskStore)],
      ["a company at rest is refused under the head of billing", restless(BillingStore)],
      ["a company at rest is refused under the cursor of the reports", restless(ReportStore)],
      ["a company at rest is refused under the cursor of a host", restless(CursorStore)]
    ] as const
  ).map(([sentence, layer]) => ({ name: `does not see that ${sentence}`, breaks: [sentence], layer })),
  {
    name: "makes rows for whoever is served",
    breaks: ["a company without rows is made by none of its stores where none are to be made"],
    layer: withHome(({ ports }) => ({
      ports: Layer.unwrap(
        Effect.map(UserStore, (store) => {
          const open = (...given: Parameters<typeof store.open>) =>
            Effect.provideService(store.open(...given), CompanyIdentity.MakesRows, true)
          return Layer.succeed(UserStore, { ...store, open })
        })
      ).pipe(Layer.provideMerge(ports)) as Home["ports"]
    }))
  },
  {
    name: "puts nobody to rest",
    breaks: [
      "a company at rest is not opened by a store",
      "puts those to rest alone that are named, and passes over who is not here"
    ],
    layer: withHome(() => ({ rest: () => Effect.void }))
  },
  {
    name: "puts all to rest",
    breaks: ["puts those to rest alone that are named, and passes over who is not here"],
    layer: withHome(({ rest }, { disks }) => ({ rest: () => Effect.suspend(() => rest([...disks.keys()])) }))
  },
  {
    name: "does not wait for commits",
    breaks: ["waits for the commits that are under way"],
    layer: withHome((_, shelf) => ({
      rest: (ids) => Effect.sync(() => ids.forEach((id) => void (shelf.disk(id).resting = true)))
    }))
  },
  {
    name: "wakes nobody",
    breaks: ["a company that is woken goes on where it was"],
    layer: withHome(() => ({ wake: () => Effect.void }))
  },
  {
    name: "wakes all",
    breaks: ["a company that is woken goes on where it was"],
    layer: withHome(({ wake }, { disks }) => ({ wake: () => Effect.suspend(() => wake([...disks.keys()])) }))
  }
])

const withWork = (mutilate: (work: Work, shelf: Memory.Shelf) => Partial<Work>) =>
  withHome(({ work }, shelf) => ({ work: { ...work, ...mutilate(work, shelf) } }))

/** Gives fewer out than there are. */
const overlooking = (isOverlooked: (health: CompanyHealth) => boolean) =>
  withWork(({ due, health }) => ({
    due: Effect.fnUntraced(function* (request) {
      const found = yield* due(request)
      const healths = yield* health(found.claims.map(({ company }) => company))
      const gone = new Set(healths.filter(isOverlooked).map(({ company }) => company))
      return { ...found, claims: found.claims.filter(({ company }) => !gone.has(company)) }
    })
  }))

const isBehind = (source: Envelope.Source) => (health: CompanyHealth) =>
  health.consumers.some((consumer) => consumer.source === source && consumer.behind > 0)

/** Gives out more than there are. */
const adding = (isAdded: (health: CompanyHealth, now: number) => boolean) =>
  withWork(({ due, health }, { disks }) => ({
    due: Effect.fnUntraced(function* (request) {
      const found = yield* due(request)
      const now = yield* Clock.currentTimeMillis
      const added = (yield* health([...disks.keys()])).filter((each) => isAdded(each, now))
      return {
        ...found,
        claims: [
          ...found.claims,
          ...added.map(({ company }): Claim => ({ company, attempts: 1, isDayOver: false, token: "0" }))
        ]
      }
    })
  }))

const isStopped = (name: string) => (health: CompanyHealth) =>
  health.consumers.some(({ behind, consumer, stopped }) => consumer === name && behind > 0 && stopped !== null)

const finding = [
  ...(["users", "tasks", "billing"] as const).map((source) => ({
    name: `overlooks events of ${source}`,
    breaks: [
      source === "users"
        ? ("events of the users that were not applied make a company due" as const)
        : source === "tasks"
          ? ("events of the tasks that were not applied make a company due" as const)
          : ("events of billing that were not applied make a company due" as const)
    ],
    layer: overlooking(isBehind(source))
  })),
  {
    name: "overlooks notices",
    breaks: ["a notice that is due makes its company due"] as const,
    layer: overlooking((health) => health.consumers.every(({ behind }) => behind === 0))
  },
  {
    name: "does not see that the tasks have stopped",
    breaks: ["what the tasks and billing have stopped before is nothing to do"] as const,
    layer: adding(isStopped("tasks"))
  },
  {
    name: "does not see that billing has stopped",
    breaks: ["what billing has stopped before is nothing to do"] as const,
    layer: adding(isStopped("billing"))
  },
  {
    name: "does not see that the reports have stopped",
    breaks: ["what the reports have stopped before is nothing to do"] as const,
    layer: adding(isStopped("reports"))
  },
  {
    name: "does not see that a close waits for a person",
    breaks: ["a close that waits for a person is nothing to do, until it is approved"] as const,
    layer: adding(isBehind("tasks"))
  },
  {
    name: "ends days early",
    breaks: ["a day that is over makes a company due, by the store's clock"] as const,
    layer: adding(({ dueAt }, now) => dueAt !== null && dueAt.epochMilliseconds - now < 1_000)
  },
  {
    name: "gives out the shortest over first",
    breaks: ["days that are over come first, the longest over before the others, whatever their companies"] as const,
    layer: withWork(({ due }) => ({
      due: (request) => Effect.map(due(request), (found) => ({ ...found, claims: found.claims.toReversed() }))
    }))
  },
  {
    name: "gives out who rests",
    breaks: ["a company at rest has nothing to do until it is woken"] as const,
    layer: adding(({ resting }) => resting)
  }
]

const claiming = [
  {
    name: "claims nobody",
    breaks: [
      "who is claimed is given to nobody until the lease is over",
      "of many who look at once each is given others"
    ] as const,
    layer: withWork(({ due }, { claims }) => ({
      due: (request) => Effect.tap(due(request), () => Effect.sync(() => claims.clear()))
    }))
  },
  {
    name: "counts on after what was done",
    breaks: ["what was done is given again only if there is something to do, and counted anew"] as const,
    layer: withWork(({ putOff }) => ({ done: (claims) => putOff(claims, Duration.zero) }))
  },
  {
    name: "gives out at once what was put off",
    breaks: ["what was put off is given to nobody before its wait is over"] as const,
    layer: withWork(({ putOff }) => ({ putOff: (claims) => putOff(claims, Duration.zero) }))
  },
  {
    name: "takes what comes late for its own",
    breaks: ["who comes back late changes nothing of a later claim"] as const,
    layer: withWork((_, { claims }) => ({
      done: (given) => Effect.sync(() => given.forEach(({ company }) => claims.delete(company)))
    }))
  },
  {
    name: "waits for the time of a clock that was put back",
    breaks: ["a claim by a clock that was put back since is none"] as const,
    layer: withWork(({ due }, { claims }) => ({
      due: Effect.fnUntraced(function* (request) {
        const now = yield* Clock.currentTimeMillis
        const held = new Set([...claims].filter(([, { until }]) => until > now).map(([company]) => company))
        const found = yield* due(request)
        return { ...found, claims: found.claims.filter(({ company }) => !held.has(company)) }
      })
    }))
  },
  {
    name: "claims whoever is named",
    breaks: ["claims those of the named that have something to do"] as const,
    layer: withWork(() => ({
      claim: (companies) =>
        Effect.succeed(companies.map((company) => ({ company, attempts: 1, isDayOver: false, token: "0" })))
    }))
  },
  {
    name: "looks once",
    breaks: ["going on after each look finds every company once, a few at a time"] as const,
    layer: withWork(({ due }) => ({
      due: (request) => Effect.map(due(request), ({ claims }) => ({ claims, next: null }))
    }))
  },
  {
    name: "gives out more than were asked for",
    breaks: ["going on after each look finds every company once, a few at a time"] as const,
    layer: withWork(({ due }) => ({ due: (request) => due({ ...request, limit: request.limit + 1 }) }))
  },
  {
    name: "tells nobody",
    breaks: ["tells of the companies that have new events"] as const,
    layer: withWork(() => ({ words: Queue.unbounded<string>() }))
  },
  {
    name: "says where the streams of all companies end",
    breaks: ["says where the streams of companies end"] as const,
    layer: withWork(({ ends }, { disks }) => ({ ends: () => ends([...disks.keys()]) }))
  },
  {
    name: "leaves out streams without events",
    breaks: ["says where the streams of companies end"] as const,
    layer: withWork(({ ends }) => ({
      ends: (companies) => Effect.map(ends(companies), (all) => all.filter(({ number }) => number > 0))
    }))
  },
  {
    name: "counts no attempts",
    breaks: ["says how companies do"] as const,
    layer: withWork(({ health }) => ({
      health: (companies) => Effect.map(health(companies), (all) => all.map((each) => ({ ...each, attempts: 0 })))
    }))
  }
]

export const works = mutants(companyWork, real, [...finding, ...claiming])
