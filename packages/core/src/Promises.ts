/**
 * A company for those without Effect: its services as async functions, in this process.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Scope from "effect/Scope"
import { Billing } from "./billing/Billing.ts"
import { Books } from "./billing/Books.ts"
import { Events } from "./Feed.ts"
import { Reports } from "./reports/Reports.ts"
import { Consumers } from "./stream/Consumers.ts"
import { Streams } from "./Streams.ts"
import { Shuffling } from "./tasks/Shuffling.ts"
import { Tasks } from "./tasks/Tasks.ts"
import { Users } from "./users/Users.ts"

/** The methods of a service, each with a promise for its answer; what is no method is one without arguments. */
export type Promised<Service> = {
  readonly [Name in keyof Service as Service[Name] extends Method | AnyEffect ? Name : never]: Service[Name] extends (
    ...input: infer Input
  ) => Effect.Effect<infer Answer, infer _E, never>
    ? (...input: Input) => Promise<Answer>
    : Service[Name] extends Effect.Effect<infer Answer, infer _E, never>
      ? () => Promise<Answer>
      : never
}
type AnyEffect = Effect.Effect<unknown, unknown>
type Method = (...input: ReadonlyArray<never>) => AnyEffect

const services = {
  users: Users,
  tasks: Tasks,
  billing: Billing,
  books: Books,
  reports: Reports,
  shuffling: Shuffling,
  streams: Streams,
  events: Events,
  consumers: Consumers
} as const
type Services = typeof services

type Needed = Context.Service.Identifier<Services[keyof Services]>

/** A company behind promises. `More` is what its layer provides besides the services that are methods here. */
export type Promises<More = never> = {
  readonly [Name in keyof Services]: Promised<Context.Service.Shape<Services[Name]>>
} & {
  /**
   * Runs an effect over everything that the company's layer provides, and throws the error it fails with. What the
   * effect opens in its scope ends with `close`, before the company does: so HTTP routes that are built here serve this
   * company.
   */
  readonly run: <A, F>(effect: Effect.Effect<A, F, Needed | More | Scope.Scope>) => Promise<A>
  /** Ends consumers and schedule, and lets go of the store. Nothing that was answered is lost. */
  readonly close: () => Promise<void>
}

/**
 * Opens a company and returns its services as async functions, which throw the tagged errors of the docs. `company` is
 * `Popug.layer` over its ports, with `Schedule.layer` for a company whose days end by themselves. Rejects with the
 * layer's error when it can't be opened.
 *
 * `const popug = await Popug.promises(company)`, then `await popug.tasks.create(Actor.user("olga"), [{ title }])`.
 */
export const promises = async <E, More = never>(company: Layer.Layer<Needed | More, E>): Promise<Promises<More>> => {
  const runtime = ManagedRuntime.make(company)
  const opened = Scope.makeUnsafe()
  const close = async () => {
    await Effect.runPromise(Scope.close(opened, Exit.void))
    await runtime.dispose()
  }
  const run = <A, F>(effect: Effect.Effect<A, F, Needed | More | Scope.Scope>): Promise<A> =>
    runtime.runPromise(Effect.provideService(effect, Scope.Scope, opened))
  const promised = (service: object) =>
    Object.fromEntries(
      Object.entries(service).flatMap(([name, member]): ReadonlyArray<readonly [string, unknown]> => {
        if (typeof member === "function")
          return [[name, async (...input: ReadonlyArray<unknown>) => run(member(...input))]]
        return Effect.isEffect(member) ? [[name, async () => run(member as AnyEffect)]] : []
      })
    )
  const entries = Object.entries(services).map(async ([name, tag]) => {
    const service = await run(tag as unknown as Effect.Effect<object, never, Users>)
    return [name, promised(service)] as const
  })
  try {
    return { ...Object.fromEntries(await Promise.all(entries)), run, close } as unknown as Promises<More>
  } catch (error) {
    await runtime.dispose()
    throw error
  }
}
