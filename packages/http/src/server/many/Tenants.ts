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

  const enter = (id: string) =>
    RcMap.get(map, id).pipe(
      Effect.tapError(() => RcMap.invalidate(map, id)),
      Effect.catchTag("ExceededCapacityError", () => Effect.fail(full))
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
