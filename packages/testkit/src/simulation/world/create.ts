/**
 * Makes the world of a run, and the node that looks at it once it is over.
 */
import {
  BillingStore,
  CommandRetention,
  Company,
  CreationLimit,
  Directory,
  EventBus,
  EventLog,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  type Ports,
  Schedule
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as References from "effect/References"
import * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"
import * as Contexts from "../../apart/Contexts.ts"
import * as Joined from "../../apart/Joined.ts"
import { calendar } from "../calendar.ts"
import { Dice } from "../Faults.ts"
import type { Options, Settings } from "../Settings.ts"
import { InTransaction } from "./Calls.ts"
import { Chance } from "./Chance.ts"
import type { Connections, Process, Services, Stores } from "./Process.ts"
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
    ...disksOf(settings),
    ports: ({ broker, disk }) => {
      const ports = Layer.merge(Memory.layerOver(disk), busOver(broker))
      return stores === undefined
        ? ports
        : Layer.provideMerge(Layer.succeedContext(tethered(time, disk, stores)), ports)
    },
    network: undefined,
    broken: [],
    saved: new Map(),
    committed: new Map(),
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
const layerPopug = <E>(world: World, ports: Layer.Layer<Ports, E>) =>
  (world.bug?.popug ?? Popug.layer).pipe(
    Layer.provideMerge(ports),
    Layer.provide(Layer.mergeAll(Ids.layer, layerNotifier(world))),
    Layer.provideMerge(Layer.succeedContext(world.company))
  )

/** Builds a layer of its own, whatever was built before. */
export const build = <A, E, R>(layer: Layer.Layer<A, E, R>): Effect.Effect<Context.Context<A>, E, R> =>
  Layer.buildWithMemoMap(layer, Layer.makeMemoMapUnsafe(), Scope.makeUnsafe())

/** One disk for all, or one for each context and one for the bus. */
const disksOf = ({ apart }: Settings): Pick<World, "disks" | "broker"> => {
  const one = Memory.disk()
  const disk = () => (apart ? Memory.disk() : one)
  return { broker: one, disks: { users: disk(), tasks: disk(), billing: disk(), reports: disk() } }
}

const busOver = (connection: Memory.Connection) =>
  Layer.effect(EventBus, Effect.provide(EventBus, Memory.layerOver(connection)))

/** Connects a process, of one context or of the whole company. */
export const connect = ({ broker, disks }: World, context: Contexts.Name | undefined): Connections => {
  const disk = Memory.connect(disks[context ?? "users"])
  return { disk, broker: context === undefined ? disk : Memory.connect(broker) }
}

/** What runs on a node, over its ports. */
export const layerNode = (
  world: World,
  process: Process,
  context: Contexts.Name | undefined,
  ports: Context.Context<Ports>
): Layer.Layer<Services, unknown> => {
  if (context === undefined) {
    // oxlint-disable-next-line import/namespace -- it is the core's schedule, not effect's
    return Schedule.layer.pipe(Layer.provideMerge(layerPopug(world, Layer.succeedContext(ports))))
  }
  const has = { ports, told: world.network!.told(process, context) }
  const sound = { ...has, directory: Contexts.leased(has.told) }
  const own = { ...sound, ...world.bug?.apart?.(sound) }
  const directory = guarded(world, process, context, own.directory)
  const given = Layer.provide([Ids.layer, layerNotifier(world), Layer.succeedContext(world.company)])
  // Of the services of a whole company these are some: whoever asks for others is wrong.
  const layers: Record<Contexts.Name, Layer.Layer<never, unknown>> = {
    users: Contexts.users(own.ports).pipe(given),
    tasks: Schedule.layerTasks.pipe(Layer.provideMerge(Contexts.tasks(own.ports, own.told, directory)), given),
    billing: Contexts.billing(own.ports, own.told, directory).pipe(given),
    reports: Contexts.reports(own.ports, own.told, directory).pipe(given)
  } as never
  return layers[context] as never
}

/** A directory that notices when it is asked under a head, whatever it remembers. */
const guarded = (world: World, process: Process, context: Contexts.Name, directory: Layer.Layer<Directory>) =>
  Layer.effect(
    Directory,
    Effect.map(Directory, (remembers): Directory["Service"] => ({
      ...remembers,
      lookup: (ids) =>
        Effect.flatMap(InTransaction, (inside) => {
          if (inside) {
            const message = `${process.name} looks up who acts while it holds the head of ${context}`
            world.broken.push({ rule: "the head", message })
          }
          return remembers.lookup(ids)
        })
    }))
  ).pipe(Layer.provide(directory))

/** One more node over the same disks, without faults: of each context one, where they run apart. */
export const inspector = (
  world: World,
  settings: Settings
): Effect.Effect<Context.Context<Services | Ports>, unknown> =>
  settings.apart
    ? Effect.flatMap(portsApart(world), (ports) =>
        build(
          Joined.layer(ports).pipe(
            Layer.provide([Ids.layer, layerNotifier(world)]),
            Layer.provideMerge(Layer.succeedContext(world.company))
          )
        )
      )
    : build(layerPopug(world, world.ports(connect(world, undefined))))

/** What clients look at: logs and books as they are. */
export const observer = (world: World, { apart }: Settings) =>
  apart
    ? Effect.map(portsApart(world), Joined.seen)
    : Effect.map(build(world.ports(connect(world, undefined))), Context.pick(EventLog, BillingStore))

const portsApart = (world: World): Effect.Effect<Joined.PortsOf> =>
  Effect.all({
    users: build(world.ports(connect(world, "users"))),
    tasks: build(world.ports(connect(world, "tasks"))),
    billing: build(world.ports(connect(world, "billing"))),
    reports: build(world.ports(connect(world, "reports")))
  })
