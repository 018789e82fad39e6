/**
 * How long a handler may take. One fiber looks after all requests: a timer for each would cost more than most of them.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as Scope from "effect/Scope"

/** A request under way. */
export interface Ticket {
  readonly fiber: Fiber.Fiber<unknown, unknown>
  /** On the monotonic clock: neither a clock that is set nor one that development moves makes a handler slow. */
  readonly startedAt: bigint
  /** Whether it may take as long as it takes. */
  unlimited: boolean
  /** Whether it took too long and was interrupted. */
  expired: boolean
}

export interface TimeLimit {
  /** Begins to watch a request, by the fiber that serves it. */
  readonly enter: (request: HttpServerRequest.HttpServerRequest, fiber: Fiber.Fiber<unknown, unknown>) => Ticket
  /** Ends that: what follows is the sending, which takes as long as the caller does. */
  readonly leave: (ticket: Ticket) => void
  /** How many requests are being handled. */
  readonly underWay: () => number
}

/** Where a request's ticket is: on Node's request, which stays the same when the one of effect is changed. */
const key = Symbol.for("@popug/http/Ticket")
interface Ticketed {
  [key]?: Ticket
}

/**
 * Lets the request that is being handled take as long as it takes: for what is asked for seldom, and reads everything.
 */
export const lift: Effect.Effect<void> = Effect.withFiber(({ context }) => {
  const request = Context.getOrUndefined(
    context as Context.Context<HttpServerRequest.HttpServerRequest>,
    HttpServerRequest.HttpServerRequest
  )
  const ticket = (request?.source as Ticketed | undefined)?.[key]
  if (ticket !== undefined) ticket.unlimited = true
  return Effect.void
})

/** Interrupts handlers beyond the limit, to a quarter of it exactly; none with `null`, as virtual time asks for. */
export const make = Effect.fnUntraced(function* (
  limit: Duration.Input | null
): Effect.fn.Return<TimeLimit, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  // In the order they came, so that the first young one ends the look.
  const tickets = new Set<Ticket>()
  if (limit !== null) {
    const nanos = BigInt(Math.ceil(Duration.toMillis(limit) * 1e6))
    yield* Effect.sleep(Duration.millis(Duration.toMillis(limit) / 4)).pipe(
      Effect.andThen(
        Effect.sync(() => {
          const now = clock.monotonicTimeNanosUnsafe()
          for (const ticket of tickets) {
            if (now - ticket.startedAt < nanos) break
            if (ticket.unlimited) continue
            tickets.delete(ticket)
            ticket.expired = true
            ticket.fiber.interruptUnsafe()
          }
        })
      ),
      Effect.forever,
      Effect.forkScoped
    )
  }
  let underWay = 0
  return {
    enter: (request, fiber) => {
      const ticket = { fiber, startedAt: clock.monotonicTimeNanosUnsafe(), unlimited: false, expired: false }
      ;(request.source as Ticketed)[key] = ticket
      tickets.add(ticket)
      underWay += 1
      return ticket
    },
    leave: (ticket) => {
      tickets.delete(ticket)
      underWay -= 1
    },
    underWay: () => underWay
  }
})
