/**
 * Replays a trace of commands through the real use cases on virtual time, one business day after the other: the
 * same seed gives the same books, to the byte.
 *
 * After each command everything is settled before time moves, so that it does not matter how fast the stores are.
 */
import {
  Actor,
  BusinessDay,
  Company,
  CompanyMismatch,
  Consumers,
  Ids,
  type InvalidInput,
  StoreError,
  Tasks,
  type Users
} from "@popug/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { asSystem } from "../days/asSystem.ts"
import * as DayBook from "../days/DayBook.ts"
import * as Audit from "./Audit.ts"
import { fresh, type Identify, Names } from "./Names.ts"
import { perform } from "./perform.ts"
import * as Replayed from "./Replayed.ts"
import * as Trace from "./Trace.ts"
import * as VirtualClock from "./VirtualClock.ts"

export { keep } from "./Names.ts"
export type { Identify } from "./Names.ts"
export type { Checks } from "./Audit.ts"
export type { Apart, Door, Services } from "./Replayed.ts"

export interface Options<E = never, R = never> extends Replayed.Settings {
  /** Under which id a user or task of the trace is created; default: a new one. See also `keep`. */
  readonly identify?: Identify
  /** By which way the commands come in; default: straight to the use cases. */
  readonly door?: Replayed.Door
  /** Whether the books are verified at the end, from the first event on; default: true. Days are always checked. */
  readonly check?: boolean
  /**
   * What to do with the day book of each closed period, in order; the company can be asked for more. Its ids are the
   * company's: `name` returns what the trace calls a user or task.
   */
  readonly onDay?: (day: DayBook.DayBook, name: (id: string) => string) => Effect.Effect<void, E, R>
}

/** A line that was skipped, and why. */
export interface Invalid {
  readonly line: number
  readonly reason: string
}

/** What a replay came to. */
export interface Result {
  /** How many commands were done. */
  readonly commands: number
  readonly invalid: ReadonlyArray<Invalid>
  /** How many business days were closed. */
  readonly periods: number
  readonly totals: DayBook.Totals
  readonly checks: Audit.Checks
}

/** Why a replay can't go on: the settings are wrong, or the store fails. A line that is refused is no failure. */
export type Failure = InvalidInput | CompanyMismatch | StoreError

/** The line is earlier than one before it. */
export class TimeWentBack extends Schema.TaggedError<TimeWentBack>()("TimeWentBack", {
  at: Schema.DateTimeUtc,
  last: Schema.DateTimeUtc
}) {
  override get message(): string {
    return `${DateTime.formatIso(this.at)} is earlier than ${DateTime.formatIso(this.last)}, the command before`
  }
}

/**
 * Replays the lines of a trace (`Trace.lines` reads those of a file). Blank lines are counted and passed over; a line
 * that can't be read or is refused is reported and leaves no trace in the company, not even in its time.
 */
export const run = <E, R, E2 = never, R2 = never>(
  trace: Stream.Stream<string, E, R>,
  options: Options<E2, R2> = {}
): Effect.Effect<Result, E | E2 | Failure, Exclude<R | Exclude<R2, Replayed.Services>, Scope.Scope>> =>
  Effect.gen(function* () {
    const { end, step } = yield* start(options)
    yield* Stream.runForEach(Stream.zipWithIndex(trace), ([text, index]) =>
      text.trim() === "" ? Effect.void : step(index + 1, text)
    )
    return yield* end
  }).pipe(Effect.scoped)

/** How the result is written as JSON, after the day books. */
export const toJson = ({ commands, invalid, periods, totals }: Result) => ({
  commands,
  invalid,
  periods,
  totals: DayBook.totalsToJson(totals)
})

const wentBack = (at: number, last: number) =>
  new TimeWentBack({ at: DateTime.makeUnsafe(at), last: DateTime.makeUnsafe(last) })

/** The commands of a trace are further apart than a lease lasts, also those of one instant. */
const leaseOver = 5_000_000_001n

/** The stage of a replay: virtual time, chance by the seed, and a company that opens when it is first asked for. */
const setUp = Effect.fnUntraced(function* <E, R>(options: Options<E, R>) {
  const { ids = Ids.layer, seed = Replayed.defaultSeed } = options
  const scope = yield* Effect.scope
  const memoMap = Layer.makeMemoMapUnsafe()
  const clock = VirtualClock.make(yield* Clock.Clock, options.apart === undefined ? 0n : leaseOver)
  const virtually = (random: Random.Random) =>
    Effect.provideContext(Context.make(Clock.Clock, clock).pipe(Context.add(Random.Random, random)))
  // How often the company asks for random numbers must not change the ids of the trace's tasks, and so their prices.
  const inCompany = virtually(yield* Random.withSeed(Random.Random, `${seed}/company`))
  const inTrace = virtually(yield* Random.withSeed(Random.Random, `${seed}/trace`))

  const settings = yield* Layer.buildWithMemoMap(Replayed.layerSettings(options), memoMap, scope)
  const { calendar } = Context.get(settings, Company)
  const today = () => BusinessDay.periodAt(calendar, DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()))
  const idOf = options.identify ?? fresh(Context.get(yield* Layer.build(Layer.fresh(ids)), Ids))
  const identify: Identify = (name, kind) => inTrace(idOf(name, kind))

  let opened: Opened | undefined
  const open = Layer.buildWithMemoMap(Replayed.layer(options, settings), memoMap, scope).pipe(
    Effect.flatMap((services) =>
      options.door === undefined
        ? Effect.succeed({ services, entrance: services })
        : Layer.buildWithMemoMap(options.door, memoMap, scope).pipe(
            Effect.provideContext(services),
            Effect.map((entrance) => ({ services, entrance }))
          )
    ),
    inCompany,
    Effect.map((built) => (opened = { ...built, first: today(), open: today() }))
  )
  /** The company, opened at the first command that it may take: that day is its first period. */
  const company = Effect.suspend(() => (opened === undefined ? open : Effect.succeed(opened)))
  return { calendar, clock, company, identify, inCompany, opened: () => opened, today }
})

const start = Effect.fnUntraced(function* <E, R>(options: Options<E, R>) {
  const { calendar, clock, company, identify, inCompany, opened, today } = yield* setUp(options)
  const names = new Names()
  const name = (id: string) => names.name(id)
  const audit = new Audit.Audit()
  const invalid: Array<Invalid> = []
  let commands = 0
  let totals = DayBook.noTotals
  let last = Number.NEGATIVE_INFINITY

  const attempt = Effect.fnUntraced(function* (text: string) {
    const command = yield* Effect.fromResult(Trace.parse(text))
    if (command.at < last) return yield* wentBack(command.at, last)
    const call = yield* Effect.fromResult(perform(names, identify, command))
    clock.set(command.at)
    const { entrance } = yield* company
    yield* inCompany(Effect.provideContext(call, entrance))
    last = command.at
  })

  const settle = Effect.flatMap(Consumers, (consumers) => inCompany(consumers.settle))

  /** Hands on the day books of the periods that were closed. */
  const report = Effect.fnUntraced(function* (company: Opened) {
    yield* settle
    if (company.open === today()) return
    yield* audit.balanced
    yield* Stream.runForEach(
      DayBook.read({ from: company.open }),
      Effect.fnUntraced(function* (book) {
        company.open = BusinessDay.next(calendar, book.period)
        audit.day(book)
        totals = DayBook.add(totals, book)
        if (options.onDay !== undefined) yield* options.onDay(book, name)
      })
    )
  })

  const step = Effect.fnUntraced(function* (line: number, text: string) {
    const done = yield* Effect.result(attempt(text))
    if (done._tag === "Failure") {
      const { failure } = done
      if (failure instanceof StoreError || failure instanceof CompanyMismatch) return yield* failure
      invalid.push({ line, reason: `${failure._tag}: ${oneLine(names.translate(failure.message))}` })
      return
    }
    commands += 1
    const company = opened()!
    yield* Effect.provideContext(report(company), company.services)
  })

  /** Ends and closes the last day. */
  const end = Effect.gen(function* () {
    const empty = { commands, invalid, totals, periods: 0, checks: Audit.noChecks }
    const company = opened()
    if (company === undefined || last === Number.NEGATIVE_INFINITY) return empty
    clock.set(last)
    clock.set(BusinessDay.endOf(calendar, today()).epochMilliseconds)
    const { first, services } = company
    return yield* Effect.gen(function* () {
      yield* inCompany(asSystem((yield* Tasks).endRegistration(Actor.system)))
      yield* report(company)
      const periods = BusinessDay.between(calendar, first, today()).length
      const checks = yield* audit.finish(periods, options.check ?? true)
      return { commands, invalid, periods: checks.days, totals, checks }
    }).pipe(Effect.provideContext(services))
  })

  return { step, end }
})

/** A schema names each place in a line of its own. */
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*at /g, " at ").replaceAll(/\s*\n\s*/g, "; ")

/** The company once its first command has come. */
interface Opened {
  readonly services: Context.Context<Replayed.Services>
  /** Where commands come in. */
  readonly entrance: Context.Context<Users | Tasks>
  readonly first: BusinessDay.Period
  /** The first period whose day book is still to come. */
  open: BusinessDay.Period
}
