/**
 * The companies that are in use in a process: their layers are built when somebody needs them, and let go when nobody
 * has for a while.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"
import * as Scope from "effect/Scope"
import { Company } from "../company/Company.ts"
import { type CompanyMismatch, CompanyResting, MakesRows } from "../company/Identity.ts"
import * as Popug from "../Popug.ts"
import { NoticeLook } from "../reports/dispatch.ts"
import type { Notifier } from "../reports/ReportStore.ts"
import { PollInterval } from "../stream/Consumer.ts"
import type { CursorStore } from "../stream/CursorStore.ts"
import { EventBus } from "../stream/EventBus.ts"
import { Ids } from "../values/Ids.ts"
import { StoreError } from "../values/StoreError.ts"
import * as Text from "../values/Text.ts"
import { CompanyDirectory } from "./CompanyDirectory.ts"
import { CompanyHome } from "./CompanyHome.ts"
import { type CompanyRecord, UnknownCompany, UnknownDatabase } from "./CompanyRecord.ts"
import { CompanySecrets } from "./CompanySecrets.ts"
import { companyOf } from "./opening.ts"
import { remembering } from "./remembering.ts"

/** What a company's scope has: its use cases and queries, and what they stand on. */
export type CompanyServices = Layer.Success<typeof Popug.layer> | Popug.Ports | CursorStore | Company | Ids | Notifier

/** Why a company can't be had. */
export type ActivationError = UnknownCompany | CompanyResting | CompanyMismatch | StoreError

/** What a host brings. */
export interface HostOptions<Name extends string, E, R, R2> {
  /** The databases by their names. Each is built when first needed: one that is down holds up no other. */
  readonly databases: Readonly<Record<Name, Layer.Layer<CompanyHome, E, R>>>
  /** Where companies are opened that name no database: one of these. It can be another one at any time. */
  readonly defaultDatabase: NoInfer<Name>
  /** Who sends a company's notices. It may use that company's ports and its `Company`. */
  readonly notifier: (company: CompanyRecord) => Layer.Layer<Notifier, never, R2>
  /** How long a company is kept that nobody uses; default: 5 minutes. */
  readonly idleTimeToLive?: Duration.Input
}

/** What a notifier takes of the host: all that is not its company's own. */
export type OfHost<R> = Exclude<R, Popug.Ports | Company>

/** Runs an effect among the services of its host alone: what lives long must not keep what some caller had. */
const among =
  <R>(context: Context.Context<R>) =>
  <A, E>(effect: Effect.Effect<A, E, R | Scope.Scope>): Effect.Effect<A, E, Scope.Scope> =>
    Effect.flatMap(Effect.scope, (scope) =>
      Effect.updateContext(effect, () => Context.add(context, Scope.Scope, scope) as Context.Context<R | Scope.Scope>)
    )

/** What a company's caller is told where its database could not be opened: it stays as it is until an operator acts. */
export const unopened = (database: string) => (error: unknown) =>
  error instanceof StoreError
    ? error
    : new StoreError({
        reason: "Corrupt",
        retryable: false,
        committed: "no",
        message: `database ${database} can't be opened: ${Text.ofDefect(error)}`,
        cause: error
      })

/** The homes of companies by the names of their databases. A failure is not kept: the next call tries again. */
export const homes = Effect.fnUntraced(function* <E, R>(
  databases: Readonly<Record<string, Layer.Layer<CompanyHome, E, R>>>
) {
  const context = yield* Effect.context<R>()
  const memoMap = Layer.CurrentMemoMap.forkOrCreate(context)
  const built = yield* RcMap.make({
    lookup: (name: string) => {
      const building = Effect.flatMap(Effect.scope, (own) => Layer.buildWithMemoMap(databases[name]!, memoMap, own))
      return Effect.map(among(context)(building), (services) => Context.get(services, CompanyHome))
    },
    idleTimeToLive: Duration.infinity
  })
  return (name: string): Effect.Effect<CompanyHome["Service"], UnknownDatabase | StoreError> =>
    Object.hasOwn(databases, name)
      ? Effect.scoped(RcMap.get(built, name)).pipe(
          Effect.tapError(() => RcMap.invalidate(built, name)),
          Effect.mapError(unopened(name))
        )
      : Effect.fail(new UnknownDatabase({ database: name }))
})
export type Homes = Effect.Success<ReturnType<typeof homes>>

/** The companies in use. */
export interface Activation {
  /** A company's services, built unless somebody has them. */
  readonly get: (id: string) => Effect.Effect<Context.Context<CompanyServices>, ActivationError, Scope.Scope>
  /** The same for a moment's work in a database, where it lives there: what is built for it goes with it. */
  readonly visit: (
    id: string,
    database: string
  ) => Effect.Effect<Context.Context<CompanyServices>, ActivationError, Scope.Scope>
  /** Has whoever asks next find the company as it is by then. */
  readonly forget: (id: string) => Effect.Effect<void>
  /** The records that the companies in use were built by. */
  readonly inUse: Effect.Effect<ReadonlyArray<CompanyRecord>>
  readonly isInUse: (id: string) => boolean
}

/** A commit of an opening that found the company at rest says so by its cause. */
const ofOpening = (
  error: CompanyMismatch | StoreError | UnknownDatabase
): CompanyMismatch | CompanyResting | StoreError => {
  if (error instanceof UnknownDatabase) return unopened(error.database)(error)
  return error instanceof StoreError && error.cause instanceof CompanyResting ? error.cause : error
}

/**
 * The bus for a moment's work: it tells others of what is committed, and delivers nothing. Whoever visits a company has
 * its consumers apply what there is; subscriptions and polls of their own would cost more than that.
 */
const layerTelling: Layer.Layer<EventBus, never, EventBus> = Layer.effect(
  EventBus,
  Effect.map(EventBus, ({ publish }) =>
    EventBus.make({ publish, looks: true, subscribe: () => Effect.succeed({ take: Effect.never }) })
  )
)

/** How a host serves a company: it is opened by an act of its own, and visited when its notices are due. */
const serving = Context.make(NoticeLook, null).pipe(Context.add(MakesRows, false))

/** Builds companies, by their records. */
export const activation = Effect.fnUntraced(function* <E, R, R2>(
  { idleTimeToLive = "5 minutes", notifier }: Pick<HostOptions<string, E, R, R2>, "idleTimeToLive" | "notifier">,
  homeOf: Homes
) {
  const context = yield* Effect.context<OfHost<R2>>()
  const recordOf = remembering(yield* CompanyDirectory)
  const secrets = yield* CompanySecrets
  const memoMap = Layer.CurrentMemoMap.forkOrCreate(context)
  const records = new Map<string, CompanyRecord>()

  const build = Effect.fnUntraced(function* (id: string, visited?: string) {
    const record = yield* recordOf(id)
    const isVisit = visited !== undefined
    if (record === undefined || (isVisit && record.database !== visited)) {
      return yield* new UnknownCompany({ company: id })
    }
    if (record.status === "resting") return yield* new CompanyResting({ company: id })
    const home = yield* Effect.mapError(homeOf(record.database), ofOpening)
    const company = companyOf(record, yield* secrets.of(id))
    // Built anew: effect would otherwise give every company what was built for the first one.
    const ports = Layer.fresh(home.ports)
    const told = notifier(record) as Layer.Layer<Notifier, never, Popug.Ports | Company>
    const layer = Popug.layer.pipe(
      Layer.provideMerge(told),
      Layer.provideMerge(isVisit ? Layer.provideMerge(Layer.fresh(layerTelling), ports) : ports),
      Layer.provideMerge(Layer.mergeAll(Layer.succeed(Company, company), Ids.layer))
    )
    // What the notifier takes of its host is in the context.
    const services = yield* Layer.buildWithMemoMap(layer, memoMap, yield* Effect.scope).pipe(
      // Said of all that its consumers log, too.
      Effect.annotateLogs("company", id),
      Effect.provideContext(serving),
      (building) => (isVisit ? Effect.provideService(building, PollInterval, null) : building),
      Effect.mapError(ofOpening)
    )
    return { record, services }
  }, among(context))

  const inUse = yield* RcMap.make({
    lookup: (id: string) =>
      Effect.flatMap(build(id), ({ record, services }) =>
        Effect.as(
          Effect.acquireRelease(
            Effect.sync(() => void records.set(id, record)),
            () => Effect.sync(() => records.get(id) === record && records.delete(id))
          ),
          services
        )
      ),
    idleTimeToLive
  })
  const forget = (id: string) => RcMap.invalidate(inUse, id)
  const get = (id: string) =>
    RcMap.get(inUse, id).pipe(
      // A failure is not kept: the company may be opened, or its database reached, a moment later.
      Effect.tapError(() => forget(id)),
      Effect.tapDefect(() => forget(id))
    )
  const activation: Activation = {
    get,
    visit: (id, database) =>
      Effect.suspend(() =>
        records.get(id)?.database === database ? get(id) : Effect.map(build(id, database), ({ services }) => services)
      ),
    forget,
    inUse: Effect.sync(() => [...records.values()]),
    isInUse: (id) => records.has(id)
  }
  return activation
})
