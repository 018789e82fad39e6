/**
 * Makes the world of a run, and the node that looks at it once it is over.
 */
import { CommandRetention, Company, CreationLimit, Ids, Notifier, PollInterval, Popug, type Ports } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as References from "effect/References"
import * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"
import { calendar } from "../calendar.ts"
import { Dice } from "../Faults.ts"
import type { Options, Settings } from "../Settings.ts"
import { Chance } from "./Chance.ts"
import type { Services, Stores } from "./Process.ts"
import { tethered } from "./tethered.ts"
import { Trace } from "./Trace.ts"
import { VirtualTime } from "./VirtualTime.ts"
import type { World } from "./World.ts"

const hour = 3_600_000

/** The calendars of the core: looking up when days start is slow, and many runs share a zone. */
const calendars = new Map<string, Company["Service"]["calendar"]>()

/** The company of a run. */
export const companyOf = ({ byHand, cutoff, seed, timeZone }: Settings): Context.Context<Company> => {
  const layer = Company.layer({
    id: "popug-inc",
    timeZone,
    cutoff,
    secret: `the secret of ${seed}`,
    closing: byHand ? "by-hand" : "automatic"
  })
  const built = Context.get(Effect.runSync(Effect.scoped(Layer.build(layer))), Company)
  const key = `${timeZone} ${cutoff}`
  const calendar = calendars.get(key) ?? built.calendar
  calendars.set(key, calendar)
  return Context.make(Company, { ...built, calendar })
}

/** `stores` are those that the rows are in, if not on a disk in memory. */
export const makeWorld = (options: Options, settings: Settings, stores?: Context.Context<Stores>): World => {
  const { cutoff, from, lockstep, seed, timeZone } = settings
  const chance = new Chance(seed)
  // The company opens an hour into its first day.
  const time = new VirtualTime(calendar(timeZone, cutoff).startOf(from) + hour, chance.stream("schedule"), {
    inOrder: lockstep
  })
  const ids = chance.stream("ids")
  // Nothing is forgotten and nobody is bounded unless a run asks for it.
  const base = Context.make(CommandRetention, null).pipe(
    Context.add(CreationLimit, () => null),
    Context.merge(options.policies ?? Context.empty()),
    Context.add(Scheduler.Scheduler, time.scheduler),
    Context.add(Clock.Clock, time.clock()),
    Context.add(Random.Random, {
      nextDoubleUnsafe: () => ids.next(),
      nextIntUnsafe: () => Math.floor(ids.next() * 2 ** 32)
    }),
    // Under virtual time polling would never end; the plan says when a node looks into the log.
    Context.add(PollInterval, null),
    Context.add(References.CurrentLoggers, new Set()),
    Context.add(References.TracerEnabled, false)
  )
  return {
    time,
    chance,
    dice: new Dice(settings.faults, chance.stream("faults")),
    trace: new Trace(options.trace ?? false),
    disk: Memory.disk(),
    ports: (connection) =>
      stores === undefined
        ? Memory.layerOver(connection)
        : Layer.provideMerge(Layer.succeedContext(tethered(time, connection, stores)), Memory.layerOver(connection)),
    lockstep,
    company: companyOf(settings),
    base,
    bug: options.bug,
    sent: new Map()
  }
}

/** Sends, unless the dice say no, and counts what was sent. */
const layerNotifier = (world: World): Layer.Layer<Notifier> =>
  Layer.succeed(Notifier, {
    send: (notices) =>
      Effect.sync(() =>
        notices.map(({ id }) => {
          if (world.dice.hit("failNotice")) return "nobody answers"
          world.sent.set(id, (world.sent.get(id) ?? 0) + 1)
          return null
        })
      )
  })

/** The company over ports, on a node. */
export const layerPopug = <E>(world: World, ports: Layer.Layer<Ports, E>) =>
  (world.bug?.popug ?? Popug.layer).pipe(
    Layer.provideMerge(ports),
    Layer.provide(Layer.mergeAll(Ids.layer, layerNotifier(world))),
    Layer.provideMerge(Layer.succeedContext(world.company))
  )

/** Builds a layer of its own, whatever was built before. */
export const build = <A, E, R>(layer: Layer.Layer<A, E, R>): Effect.Effect<Context.Context<A>, E, R> =>
  Layer.buildWithMemoMap(layer, Layer.makeMemoMapUnsafe(), Scope.makeUnsafe())

/** One more node over the same disk, without faults. */
export const inspector = (world: World): Effect.Effect<Context.Context<Services | Ports>, unknown> =>
  build(layerPopug(world, world.ports(Memory.connect(world.disk))))
