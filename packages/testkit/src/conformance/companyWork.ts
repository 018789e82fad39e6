/**
 * The promises of `CompanyWork`: which companies have something to do, and who does it.
 */
import {
  BillingStore,
  type Claim,
  CompanyHome,
  type CompanyWork,
  type Cursor,
  EventBus,
  EventLog,
  ReportStore
} from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { changes as billingChanges } from "./BillingKit.ts"
import { commits, open, opening, within } from "./companyKit.ts"
import * as Data from "./Data.ts"
import { same, sameSet } from "./expect.ts"
import * as Suite from "./Suite.ts"
import { kit as tasks } from "./taskKit.ts"

const noon = Date.UTC(2031, 3, 5, 12)
const hour = 3_600_000
const minute = Duration.minutes(1)

type Work = CompanyWork["Service"]

/** Runs a body at noon, on the work of a database. */
const atNoon = <A, E, R>(body: (work: Work, set: (millis: number) => void) => Effect.Effect<A, E, R>) =>
  Data.withClock((set) => {
    set(noon)
    return Effect.flatMap(CompanyHome, ({ work }) => body(work, set))
  })

const companyOf = ({ company }: Claim) => company

/** All that is found by going on until every company was looked at. */
const round = Effect.fnUntraced(function* (work: Work, limit = 10) {
  const found: Array<Claim> = []
  let after: string | null = null
  do {
    const { claims, next }: Effect.Success<ReturnType<Work["due"]>> = yield* work.due({ limit, lease: minute, after })
    if (claims.length > limit) throw new Error(`${claims.length} were given, and ${limit} asked for`)
    found.push(...claims)
    after = next
  } while (after !== null)
  return found
})

const due = (work: Work, limit?: number) => Effect.map(round(work, limit), (claims) => claims.map(companyOf))

/** What a commit of a context of company `one` makes due. */
const makesDue = (name: keyof typeof commits) =>
  atNoon((work) =>
    Effect.gen(function* () {
      yield* open("one", "two")
      same(yield* due(work), [], "what is due of new companies")
      yield* within("one", commits[name])
      same(yield* due(work), ["one"], "what is due")
    })
  )

const stopped: Cursor.Stop = { reason: "Poisoned", number: 1, message: "no" }

/** Events that a stopped consumer has not applied are nothing to do; let go on, they are. */
const isPassedOver = (name: "users" | "tasks" | "billing", halt: (stop: Cursor.Stop | null) => typeof commits.users) =>
  atNoon((work) =>
    Effect.gen(function* () {
      yield* open("one")
      yield* within("one", Effect.andThen(commits[name], halt(stopped)))
      same(yield* due(work), [], "what is due while the stream is stopped")
      yield* within("one", halt(null))
      same(yield* due(work), ["one"], "what is due once it goes on")
    })
  )

/** Moves the cursors of billing without an event. */
const haltBilling = (change: { readonly tasks?: Cursor.Stop | null; readonly users?: Cursor.Stop | null }) =>
  Effect.flatMap(BillingStore, (store) =>
    store.transact((tx) => {
      const { tasks, users } = tx.head
      return tx.save(
        billingChanges(tx, {
          head: {
            tasks: change.tasks === undefined ? tasks : { ...tasks, stopped: change.tasks },
            users: change.users === undefined ? users : { ...users, stopped: change.users }
          }
        })
      )
    })
  )

const haltTasks = (stop: Cursor.Stop | null) =>
  tasks.transact((tx) => {
    const head = { ...tx.head, cursor: { ...tx.head.cursor, stopped: stop } }
    return tx.save({ events: [], head, tasks: [], members: [], creations: [], commands: [] })
  })

/** Stops the reports, or lets them go on. */
const haltReports = (stop: Cursor.Stop | null) =>
  Effect.flatMap(ReportStore, (store) =>
    store.transact((tx) => tx.save({ cursor: { ...tx.cursor, stopped: stop }, reports: [], notices: [] }))
  )

const finding = {
  "events of the users that were not applied make a company due": makesDue("users"),
  "events of the tasks that were not applied make a company due": makesDue("tasks"),
  "events of billing that were not applied make a company due": makesDue("billing"),
  "a notice that is due makes its company due": makesDue("reports"),

  "what the tasks and billing have stopped before is nothing to do": isPassedOver("users", (stop) =>
    Effect.andThen(haltTasks(stop), haltBilling({ users: stop }))
  ),
  "what billing has stopped before is nothing to do": isPassedOver("tasks", (stop) => haltBilling({ tasks: stop })),
  "what the reports have stopped before is nothing to do": isPassedOver("billing", haltReports),

  "a close that waits for a person is nothing to do, until it is approved": atNoon((work) =>
    Effect.gen(function* () {
      const home = yield* CompanyHome
      const rules = { ...Data.identity.rules, closing: "by-hand" }
      const company = opening("one", { rules })
      yield* home.open([company])
      const day = Data.period("2031-04-05")
      const waits = (approved: typeof day | null) =>
        Effect.flatMap(BillingStore, (store) =>
          store.transact((tx) => tx.save(billingChanges(tx, { head: { awaiting: day, approved } })))
        )
      const { users } = company.identities
      yield* within("one", Effect.andThen(commits.tasks, waits(null)), users)
      same(yield* due(work), [], "what is due while the close waits")
      yield* within("one", waits(day), users)
      same(yield* due(work), ["one"], "what is due once it is approved")
    })
  ),

  "a day that is over makes a company due, by the store's clock": atNoon((work, set) =>
    Effect.gen(function* () {
      yield* open("one")
      // Four in the morning of Prague's summer.
      const end = Date.UTC(2031, 3, 6, 2)
      set(end - 1)
      same(yield* due(work), [], "what is due a moment before")
      set(end)
      const claims = yield* round(work)
      same(
        claims.map(({ company, isDayOver }) => [company, isDayOver]),
        [["one", true]],
        "what is due at the end"
      )
    })
  ),

  "days that are over come first, the longest over before the others, whatever their companies": atNoon((work, set) =>
    Effect.gen(function* () {
      const home = yield* CompanyHome
      yield* home.open([
        opening("a"),
        opening("b", { timeZone: "America/New_York" }),
        opening("c", { timeZone: "Asia/Tokyo" }),
        opening("d", { timeZone: "America/Los_Angeles" })
      ])
      yield* within("d", commits.users, opening("d", { timeZone: "America/Los_Angeles" }).identities.users)
      set(Date.UTC(2031, 3, 6, 10))
      const { claims } = yield* work.due({ limit: 3, lease: minute, after: null })
      same(claims.map(companyOf), ["c", "a", "b"], "what is due first")
      same(yield* due(work), ["d"], "what is due then")
    })
  ),

  "a company at rest has nothing to do until it is woken": atNoon((work, set) =>
    Effect.gen(function* () {
      const home = yield* CompanyHome
      yield* open("one", "two")
      yield* within("one", Effect.all(Object.values(commits)))
      yield* home.rest(["one", "two"])
      set(noon + 24 * hour)
      same(yield* due(work), [], "what is due while they rest")
      same(yield* work.claim(["one", "two"], minute), [], "what can be claimed while they rest")
      yield* home.wake(["one"])
      same(yield* due(work), ["one"], "what is due once one was woken")
    })
  )
}

/** Companies that have events to apply. */
const busy = (...ids: ReadonlyArray<string>) =>
  Effect.andThen(
    open(...ids),
    Effect.forEach(ids, (id) => within(id, commits.users), { discard: true })
  )

const claiming = {
  "who is claimed is given to nobody until the lease is over": atNoon((work, set) =>
    Effect.gen(function* () {
      yield* busy("one")
      same(
        (yield* round(work)).map(({ attempts }) => attempts),
        [1],
        "attempts of the first claim"
      )
      set(noon + 59_999)
      same(yield* due(work), [], "what is due within the lease")
      same(yield* work.claim(["one"], minute), [], "what can be claimed within the lease")
      set(noon + 60_000)
      const [again] = yield* round(work)
      same([again?.company, again?.attempts], ["one", 2], "the claim after the lease")
    })
  ),

  "what was done is given again only if there is something to do, and counted anew": atNoon((work) =>
    Effect.gen(function* () {
      yield* busy("one")
      yield* work.done(yield* round(work))
      const again = yield* round(work)
      same(
        again.map(({ attempts }) => attempts),
        [1],
        "attempts after a visit that left something"
      )
      yield* within("one", Effect.andThen(haltTasks(stopped), haltBilling({ users: stopped })))
      yield* work.done(again)
      same(yield* due(work), [], "what is due when there is nothing left")
    })
  ),

  "what was put off is given to nobody before its wait is over": atNoon((work, set) =>
    Effect.gen(function* () {
      yield* busy("one")
      yield* work.putOff(yield* round(work), Duration.seconds(10))
      set(noon + 9_999)
      same(yield* due(work), [], "what is due within the wait")
      same(yield* work.claim(["one"], minute), [], "what can be claimed within the wait")
      set(noon + 10_000)
      same(
        (yield* round(work)).map(({ attempts }) => attempts),
        [2],
        "attempts after the wait"
      )
    })
  ),

  "who comes back late changes nothing of a later claim": atNoon((work, set) =>
    Effect.gen(function* () {
      yield* busy("one")
      const late = yield* round(work)
      set(noon + 60_000)
      yield* round(work)
      yield* work.done(late)
      same(yield* due(work), [], "what is due after a late done")
      yield* work.putOff(late, Duration.zero)
      same(yield* due(work), [], "what is due after it was put off late")
    })
  ),

  "a claim by a clock that was put back since is none": atNoon((work, set) =>
    Effect.gen(function* () {
      yield* busy("one")
      set(noon + 1_000 * 24 * hour)
      yield* round(work)
      set(noon)
      same(yield* due(work), ["one"], "what is due")
    })
  ),

  "claims those of the named that have something to do": atNoon((work) =>
    Effect.gen(function* () {
      yield* busy("one", "two")
      yield* open("three")
      const claims = yield* work.claim(["three", "two", "nobody", "two"], minute)
      same(claims.map(companyOf), ["two"], "who was claimed")
      same(yield* due(work), ["one"], "what is due besides")
    })
  ),

  "going on after each look finds every company once, a few at a time": atNoon((work, set) =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 25 }, (_, index) => `company-${index}`)
      yield* open(...ids)
      const behind = ids.filter((_, index) => index % 3 === 0)
      yield* Effect.forEach(behind, (id) => within(id, commits.users), { discard: true })
      sameSet(yield* due(work, 4), behind, "companies that are behind")
      set(noon + 24 * hour)
      sameSet(yield* due(work, 4), ids, "companies whose day is over")
    })
  ),

  "of many who look at once each is given others": atNoon((work, set) =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 20 }, (_, index) => `company-${index}`)
      yield* open(...ids)
      set(noon + 24 * hour)
      const looks = Array.from({ length: 10 }, () => work.due({ limit: 4, lease: minute, after: null }))
      const claims = yield* Effect.forEach(ids, (id) => work.claim([id], minute), { concurrency: "unbounded" }).pipe(
        Effect.zipWith(
          Effect.all(looks, { concurrency: "unbounded" }),
          (named, found) => [...named.flat(), ...found.flatMap(({ claims }) => claims)].map(companyOf),
          { concurrent: true }
        )
      )
      sameSet([...claims, ...(yield* due(work))], ids, "who was given out")
    })
  )
}

const telling = {
  "tells of the companies that have new events": atNoon((work) =>
    Effect.scoped(
      Effect.gen(function* () {
        yield* open("one", "two")
        const words = yield* work.words
        yield* within(
          "two",
          Effect.gen(function* () {
            yield* commits.users
            const [event] = yield* (yield* EventLog).read("users", 0, 1)
            yield* (yield* EventBus).publish([event!])
          })
        )
        same(yield* Suite.waitingFor(() => "a word", Queue.take(words)), "two", "who is told of")
      })
    )
  ),

  "says where the streams of companies end": atNoon((work) =>
    Effect.gen(function* () {
      yield* open("one", "two", "three")
      yield* within("one", Effect.andThen(commits.users, commits.tasks))
      yield* within("three", commits.users)
      const ends = yield* work.ends(["two", "nobody", "one"])
      same(
        ends.map(({ company, number, source }) => `${company} ${source} ${number}`).sort(),
        ["one billing 0", "one tasks 1", "one users 1", "two billing 0", "two tasks 0", "two users 0"],
        "the ends"
      )
    })
  ),

  "says how companies do": atNoon((work, set) =>
    Effect.gen(function* () {
      const home = yield* CompanyHome
      yield* open("one", "two")
      yield* within("one", Effect.andThen(commits.users, haltTasks(stopped)))
      yield* round(work)
      yield* home.rest(["two"])
      set(noon + hour)
      const consumer = (name: string, source: string, behind: number, stop: Cursor.Stop | null = null) => ({
        consumer: name,
        source,
        number: 0,
        behind,
        stopped: stop
      })
      const at = { period: "2031-04-05", dueAt: { millis: Date.UTC(2031, 3, 6, 2) } }
      const [one, two, ...others] = yield* work.health(["two", "nobody", "one"])
      same(others, [], "others")
      same(
        { ...one, dueAt: { millis: one?.dueAt?.epochMilliseconds } },
        {
          company: "one",
          resting: false,
          ...at,
          consumers: [
            consumer("tasks", "users", 1, stopped),
            consumer("billing", "tasks", 0),
            consumer("billing.users", "users", 1),
            consumer("reports", "billing", 0)
          ],
          attempts: 1
        },
        "how one does"
      )
      same([two?.company, two?.resting, two?.attempts], ["two", true, 0], "how two does")
    })
  )
}

export const companyWork = Suite.make("CompanyWork", { ...finding, ...claiming, ...telling })
