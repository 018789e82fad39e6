/** What each context needs where it runs alone: its own store, and narrow ports of the others'. */
import type {
  BillingStore,
  Company,
  CompanyMismatch,
  Digest,
  Directory,
  EventBus,
  EventLog,
  Ids,
  Notifier,
  Payouts,
  Popug,
  Prices,
  ReportStore,
  Schedule,
  StoreError,
  Tasks,
  TaskStore,
  UserStore
} from "@popug/core"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { describe, expectTypeOf, it } from "vitest"

/** What every context needs besides. */
type CommonPorts = EventLog | EventBus | Digest.Digest | Company | Ids

describe("a context that runs alone needs no store but its own", () => {
  it("users", () => {
    expectTypeOf<Layer.Services<typeof Popug.users>>().toEqualTypeOf<UserStore | CommonPorts>()
    expectTypeOf<Layer.Services<typeof Schedule.layerUsers>>().toEqualTypeOf<UserStore>()
  })

  it("tasks", () => {
    expectTypeOf<Layer.Services<typeof Popug.tasks>>().toEqualTypeOf<TaskStore | Directory | Prices | CommonPorts>()
    expectTypeOf<Layer.Services<typeof Schedule.layerTasks>>().toEqualTypeOf<TaskStore | Tasks | Company>()
  })

  it("billing", () => {
    expectTypeOf<Layer.Services<typeof Popug.billing>>().toEqualTypeOf<BillingStore | Directory | CommonPorts>()
    expectTypeOf<Layer.Services<typeof Schedule.layerBilling>>().toEqualTypeOf<BillingStore>()
  })

  it("reports", () => {
    expectTypeOf<Layer.Services<typeof Popug.reports>>().toEqualTypeOf<
      ReportStore | Directory | Payouts | Notifier | CommonPorts
    >()
  })
})

it("a context adopts settings over its own store", () => {
  type Adopting<Store> = Effect.Effect<void, CompanyMismatch | StoreError, Store | Company | Digest.Digest>
  expectTypeOf<typeof Popug.adoptUsers>().toEqualTypeOf<Adopting<UserStore>>()
  expectTypeOf<typeof Popug.adoptTasks>().toEqualTypeOf<Adopting<TaskStore>>()
  expectTypeOf<typeof Popug.adoptBilling>().toEqualTypeOf<Adopting<BillingStore>>()
  expectTypeOf<typeof Popug.adoptReports>().toEqualTypeOf<Adopting<ReportStore>>()
})
