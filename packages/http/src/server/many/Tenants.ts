/**
 * The companies that this server is asked for: each is made ready when the first request comes, and let go a while
 * after the last. An entry has the scope of `Companies.get`.
 */
import { Companies, type CompanyMismatch, type CompanyResting, StoreError, type UnknownCompany } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"
import * as Scope from "effect/Scope"
import type { Tenant } from "./Tenant.ts"

/** Why nobody is served in a company. */
export type Closed = UnknownCompany | CompanyResting | CompanyMismatch | StoreError

export interface TenantsOptions {
  /** How many companies may be ready at once; default: 2,000. */
  readonly most?: number | undefined
  /** How long one is kept ready that nobody asks for; default: 30 seconds. */
  readonly idleTimeToLive?: Duration.Input | undefined
  /** How often it is looked whether those that are ready are still to be served; default: 2 seconds; null for never. */
  readonly lookEvery?: Duration.Input | null | undefined
}

/** Makes a company ready: what a server adds to the company's services. */
export type Build = (
  id: string,
  services: Tenant["services"]
) => Effect.Effect<Omit<Tenant, "id" | "services" | "requests">, never, Scope.Scope>

export class Tenants extends Context.Service<
  Tenants,
  {
    /** A company, for as long as the scope is open. */
    readonly enter: (id: string) => Effect.Effect<Tenant, Closed, Scope.Scope>
    /** Has whoever asks next find the company as it is by then. */
    readonly forget: (id: string) => Effect.Effect<void>
    /** Those that are ready. */
    readonly ready: () => ReadonlyArray<Tenant>
  }
>()("@popug/http/Tenants") {
  static readonly layer = <R>(
    build: Effect.Effect<Build, never, R>,
    options: TenantsOptions = {}
  ): Layer.Layer<Tenants, never, R | Companies> =>
    Layer.effect(
      Tenants,
      Effect.flatMap(build, (build) => make(build, options))
    )
}

const full = new StoreError({
  reason: "Unavailable",
  retryable: true,
  committed: "no",
  message: "as many companies are ready as this server may have at once"
})

/** Those that are ready and that nobody asks for now, in the order in which they became so. */
class Idle {
  readonly #isReady: (id: string) => boolean
  readonly #holders = new Map<string, number>()
  readonly #since = new Set<string>()

  constructor(isReady: (id: string) => boolean) {
    this.#isReady = isReady
  }

  /** Keeps one from being idle until the scope closes. It is to stand before what is held. */
  hold(id: string): Effect.Effect<void, never, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.sync(() => {
        this.#since.delete(id)
        this.#holders.set(id, (this.#holders.get(id) ?? 0) + 1)
      }),
      () =>
        Effect.sync(() => {
          const left = this.#holders.get(id)! - 1
          if (left > 0) return void this.#holders.set(id, left)
          this.#holders.delete(id)
          if (this.#isReady(id)) this.#since.add(id)
        })
    )
  }

  /** The one that was idle for longest, no more among them; undefined where there is none. */
  take(): string | undefined {
    for (const id of this.#since) {
      this.#since.delete(id)
      if (this.#isReady(id)) return id
    }
    return undefined
  }
}

const make = Effect.fnUntraced(function* (build: Build, options: TenantsOptions) {
  const { idleTimeToLive = "30 seconds", lookEvery = "2 seconds", most = 2_000 } = options
  const companies = yield* Companies
  const ready = new Map<string, Tenant>()
  const own = yield* Effect.context<never>()

  const lookup = (id: string): Effect.Effect<Tenant, Closed, Scope.Scope> =>
    Effect.flatMap(Effect.scope, (scope) =>
      Effect.gen(function* () {
        const services = yield* companies.get(id)
        const tenant: Tenant = { id, services, requests: 0, ...(yield* build(id, services)) }
        yield* Effect.acquireRelease(
          Effect.sync(() => void ready.set(id, tenant)),
          () => Effect.sync(() => void (ready.get(id) === tenant && ready.delete(id)))
        )
        return tenant
        // What lives on must keep nothing of the request that came first.
      }).pipe(Effect.updateContext<never, Scope.Scope>(() => Context.add(own, Scope.Scope, scope)))
    )
  const map = yield* RcMap.make({ lookup, idleTimeToLive, capacity: most })
  const idle = new Idle((id) => ready.has(id))

  /** A map that is full lets go of whoever was idle for longest: whoever is asked for now goes first. */
  const find = (id: string): Effect.Effect<Tenant, Closed, Scope.Scope> =>
    RcMap.get(map, id).pipe(
      Effect.catchTag("ExceededCapacityError", () => {
        const longest = idle.take()
        return longest === undefined ? Effect.fail(full) : Effect.andThen(RcMap.invalidate(map, longest), find(id))
      })
    )
  const enter = (id: string) =>
    idle.hold(id).pipe(
      Effect.andThen(find(id)),
      Effect.tapError(() => RcMap.invalidate(map, id))
    )

  /** Whether a company is to be had as it was made ready. */
  const isCurrent = ({ id, services }: Tenant) =>
    Effect.scoped(Effect.exit(companies.get(id))).pipe(
      Effect.map((exit) =>
        Exit.isSuccess(exit)
          ? exit.value === services
          : // An outage says nothing of the company.
            exit.cause.reasons.every((reason) => Cause.isFailReason(reason) && reason.error instanceof StoreError)
      )
    )
  const look = Effect.suspend(() =>
    Effect.forEach(
      ready.values(),
      (tenant) =>
        Effect.flatMap(isCurrent(tenant), (current) => (current ? Effect.void : RcMap.invalidate(map, tenant.id))),
      { discard: true }
    )
  )
  if (lookEvery !== null) {
    yield* Effect.sleep(lookEvery).pipe(Effect.andThen(look), Effect.forever, Effect.forkScoped)
  }

  return Tenants.of({ enter, forget: (id) => RcMap.invalidate(map, id), ready: () => [...ready.values()] })
})
