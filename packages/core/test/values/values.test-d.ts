/** What the compiler tells apart: ids, periods, accounts, amounts. */
import {
  type Account,
  Access,
  Actor,
  type Assignment,
  type Catalog,
  type CommandId,
  Company,
  type Envelope,
  type InvalidInput,
  Money,
  type Period,
  type Ports,
  type Popug,
  type Pricing,
  TaskId,
  UserId
} from "@popug/core"
import type * as Context from "effect/Context"
import type * as Layer from "effect/Layer"
import { describe, expectTypeOf, it } from "vitest"

describe("ids", () => {
  it("are strings, and no string is one", () => {
    expectTypeOf<UserId>().toExtend<string>()
    expectTypeOf<string>().not.toExtend<UserId>()
    expectTypeOf<string>().not.toExtend<Period>()
    expectTypeOf<string>().not.toExtend<Account.AccountId>()
  })

  it("of one kind are not of another", () => {
    expectTypeOf<UserId>().not.toExtend<TaskId>()
    expectTypeOf<TaskId>().not.toExtend<UserId>()
    expectTypeOf<TaskId>().not.toExtend<CommandId>()
    expectTypeOf(UserId.make("bob")).toEqualTypeOf<UserId>()
    expectTypeOf(TaskId.make("t1")).toEqualTypeOf<TaskId>()
  })
})

describe("money", () => {
  it("is bigint, with a currency that is checked", () => {
    expectTypeOf<Money.Amount>().toEqualTypeOf<bigint>()
    expectTypeOf<string>().not.toExtend<Money.Currency>()
    expectTypeOf(Money.make).parameter(0).toEqualTypeOf<bigint>()
    // @ts-expect-error an amount is never a number
    Money.make(12, "USD" as Money.Currency)
  })
})

describe("events", () => {
  it("have the data of their type", () => {
    expectTypeOf<Catalog.EventOf<"task.updated">["data"]["assignment"]>().toEqualTypeOf<number>()
    expectTypeOf<Catalog.EventOf<"billing.closed">["data"]["earnings"]>().toEqualTypeOf<bigint>()
    expectTypeOf<Extract<Catalog.Event, { type: "user.created" }>["data"]>().toEqualTypeOf<Catalog.UserCreated>()
  })

  it("are told apart by their type", () => {
    const read = (event: Catalog.Event) => {
      if (event.type === "task.registration-ended") {
        expectTypeOf(event.data.lastNumber).toEqualTypeOf<number>()
        expectTypeOf(event.data.lastTaskId).toEqualTypeOf<TaskId | null>()
      }
    }
    expectTypeOf(read).returns.toEqualTypeOf<void>()
  })

  it("come from three sources", () => {
    expectTypeOf<Envelope.Source>().toEqualTypeOf<"users" | "tasks" | "billing">()
  })
})

describe("actors", () => {
  it("are users or the system", () => {
    expectTypeOf(Actor.user("bob")).toEqualTypeOf<Actor.Actor>()
    expectTypeOf(Actor.system).toEqualTypeOf<Actor.Actor>()
    // @ts-expect-error an action must be one of the rules
    void Access.may({ actor: Actor.system, key: "system", roles: new Set() }, "delete users")
  })
})

describe("policies", () => {
  it("are plain synchronous functions that a host replaces", () => {
    expectTypeOf<Context.Service.Shape<typeof Assignment.Eligibility>>().toEqualTypeOf<
      (member: Assignment.Member) => boolean
    >()
    expectTypeOf<Context.Service.Shape<typeof Assignment.ChooseAssignee>>().toEqualTypeOf<
      (choice: Assignment.Choice) => UserId
    >()
    expectTypeOf<Context.Service.Shape<typeof Pricing.Pricing>>().returns.toEqualTypeOf<{
      readonly fee: bigint
      readonly award: bigint
    }>()
  })
})

describe("layers", () => {
  it("of a company say what they need: ports, settings, ids and a notifier", () => {
    expectTypeOf<Ports>().toExtend<Layer.Services<typeof Popug.layer>>()
    expectTypeOf<Company>().toExtend<Layer.Services<typeof Popug.layer>>()
  })

  it("of settings can be refused, and a secret is asked for", () => {
    expectTypeOf(Company.layer({ secret: "s" })).toEqualTypeOf<Layer.Layer<Company, InvalidInput>>()
    // @ts-expect-error no company without a secret
    Company.layer({})
  })
})
