/**
 * Contexts that run apart, as one company to whoever looks at all of them: each is asked for what is its own.
 */
import {
  Billing,
  BillingStore,
  Books,
  type Company,
  type CompanyMismatch,
  Consumers,
  Digest,
  Directory,
  EventBus,
  EventLog,
  Events,
  IdentityDirectory,
  type Ids,
  type Notifier,
  Payouts,
  type Popug,
  type Ports,
  Prices,
  Reports,
  ReportStore,
  Shuffling,
  StoreError,
  Streams,
  Tasks,
  TaskStore,
  UnknownConsumer,
  Users,
  UserStore,
  type Verdict,
  Verification
} from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Contexts from "./Contexts.ts"

/** The ports of each context, a store of its own for each. */
export type PortsOf = Readonly<Record<Contexts.Name, Context.Context<Ports>>>

/** How each context reaches the others, given what they tell: over a network, say. */
export type Reach = (told: Contexts.Told) => Effect.Effect<Contexts.Told, StoreError, Scope.Scope>

/** Straight: in one process. */
const straight: Reach = Effect.succeed

/** What a whole company's layer gives, with the ports of all. */
export type Services = Layer.Success<typeof Popug.layer> | Ports

interface Built {
  readonly users: Context.Context<Layer.Success<ReturnType<typeof Contexts.users>>>
  readonly tasks: Context.Context<Layer.Success<ReturnType<typeof Contexts.tasks>>>
  readonly billing: Context.Context<Layer.Success<ReturnType<typeof Contexts.billing>>>
  readonly reports: Context.Context<Layer.Success<ReturnType<typeof Contexts.reports>>>
}

/** What every context's process has. */
type Common = Context.Context<Consumers | Streams | Verification>

const notYet = new StoreError({
  reason: "Unavailable",
  retryable: true,
  committed: "no",
  message: "the context is only starting"
})

/** What the contexts tell, as soon as they run; their logs, as soon as there are stores. */
const toldBy = (ports: PortsOf, built: Partial<Built>): Contexts.Told => {
  const asking = <A>(ask: () => Effect.Effect<A, StoreError> | undefined) =>
    Effect.suspend((): Effect.Effect<A, StoreError> => ask() ?? Effect.fail(notYet))
  const { billing, tasks, users } = ports
  return {
    logs: {
      users: Context.get(users, EventLog),
      tasks: Context.get(tasks, EventLog),
      billing: Context.get(billing, EventLog)
    },
    directory: { lookup: (ids) => asking(() => built.users && Context.get(built.users, Directory).lookup(ids)) },
    payouts: {
      of: (period, paging) => asking(() => built.billing && Context.get(built.billing, Payouts).of(period, paging))
    },
    prices: { fees: (ids) => asking(() => built.billing && Context.get(built.billing, Prices).fees(ids)) }
  }
}

/** Starts the four contexts over their ports, and joins them. */
export const layer = (
  ports: PortsOf,
  reach: Reach = straight
): Layer.Layer<Services, CompanyMismatch | StoreError, Company | Ids | Notifier> =>
  Layer.fresh(
    Layer.effectContext(
      Effect.gen(function* () {
        const started: { -readonly [Name in keyof Built]?: Built[Name] } = {}
        const told = yield* reach(toldBy(ports, started))
        const users = (started.users = yield* Layer.build(Contexts.users(ports.users)))
        const billing = (started.billing = yield* Layer.build(Contexts.billing(ports.billing, told)))
        const tasks = (started.tasks = yield* Layer.build(Contexts.tasks(ports.tasks, told)))
        const reports = (started.reports = yield* Layer.build(Contexts.reports(ports.reports, told)))
        return yield* joined({ users, tasks, billing, reports }, ports)
      })
    )
  )

const joined = Effect.fnUntraced(function* (built: Built, ports: PortsOf) {
  const { billing, reports, tasks, users } = built
  const told = toldBy(ports, built)
  const own = Context.make(UserStore, Context.get(users, UserStore)).pipe(
    Context.add(TaskStore, Context.get(tasks, TaskStore)),
    Context.add(BillingStore, Context.get(billing, BillingStore)),
    Context.add(ReportStore, Context.get(reports, ReportStore)),
    Context.add(EventLog, EventLog.combined(told.logs)),
    Context.add(EventBus, Context.get(ports.tasks, EventBus)),
    Context.add(Digest.Digest, Context.get(ports.tasks, Digest.Digest)),
    Context.add(Users, Context.get(users, Users)),
    Context.add(Directory, Context.get(users, Directory)),
    Context.add(IdentityDirectory, Context.get(users, IdentityDirectory)),
    Context.add(Tasks, Context.get(tasks, Tasks)),
    Context.add(Shuffling, Context.get(tasks, Shuffling)),
    Context.add(Billing, Context.get(billing, Billing)),
    Context.add(Books, Context.get(billing, Books)),
    Context.add(Payouts, Context.get(billing, Payouts)),
    Context.add(Prices, Context.get(billing, Prices)),
    Context.add(Reports, Context.get(reports, Reports)),
    Context.add(Consumers, consumersOf(built)),
    Context.add(Streams, streamsOf(built)),
    Context.add(Verification, verificationOf(built))
  )
  const events = yield* Effect.provideContext(Layer.build(Layer.fresh(Events.layer)), own)
  return Context.merge(own, events)
})

/** The logs and the books, as they are stored. */
export const seen = (ports: PortsOf): Context.Context<EventLog | BillingStore> =>
  Context.make(EventLog, EventLog.combined(toldBy(ports, {}).logs)).pipe(
    Context.add(BillingStore, Context.get(ports.billing, BillingStore))
  )

/** The contexts, each before those that follow it: what one has applied, the next one hears of. */
const inOrder = ({ billing, reports, tasks, users }: Built): ReadonlyArray<Common> => [users, tasks, billing, reports]

/** Which context a consumer belongs to. */
const ownerOf = (built: Built, consumer: string): Common | undefined => {
  if (consumer === "tasks") return built.tasks
  if (consumer === "billing" || consumer === "billing.users") return built.billing
  return consumer === "reports" ? built.reports : undefined
}

const consumersOf = (built: Built): Consumers["Service"] => {
  const all = inOrder(built).map((context) => Context.get(context, Consumers))
  return {
    register: (handle) => all[0]!.register(handle),
    awaitApplied: (consumer, number) =>
      Context.get(ownerOf(built, consumer) ?? built.users, Consumers).awaitApplied(consumer, number),
    settle: Effect.forEach(all, ({ settle }) => settle, { discard: true }),
    status: Effect.map(
      Effect.forEach(all, ({ status }) => status),
      (statuses) => statuses.flat()
    )
  }
}

const streamsOf = (built: Built): Streams["Service"] => ({
  status: (actor) =>
    Effect.map(
      Effect.forEach(inOrder(built), (context) => Context.get(context, Streams).status(actor)),
      (statuses) => statuses.flat()
    ),
  resume: (actor, consumer, options) => {
    const owner = ownerOf(built, consumer)
    return owner === undefined
      ? Effect.fail(new UnknownConsumer({ consumer }))
      : Context.get(owner, Streams).resume(actor, consumer, options)
  }
})

const verificationOf = (built: Built): Verification["Service"] => ({
  run: (actor, options) =>
    Effect.map(
      Effect.forEach(inOrder(built), (context) => Context.get(context, Verification).run(actor, options)),
      (verdicts): Verdict => {
        const contexts = verdicts.flatMap((verdict) =>
          verdict.contexts.filter(({ context }) => context !== "consumers")
        )
        const counts = verdicts.find(({ contexts: [first] }) => first?.context === "billing")!
        return {
          ...counts,
          contexts,
          difference: contexts.find(({ difference }) => difference !== null)?.difference ?? null
        }
      }
    )
})
