/**
 * What can be wrong with any of the three stores with a head.
 */
import {
  CompanyMismatch,
  type CursorStore,
  type Envelope,
  type ForgetCommands,
  type Head,
  type Identity,
  type Ports,
  StoreError
} from "@popug/core"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"

interface Changes {
  readonly head: Head.Head
  readonly events: ReadonlyArray<Envelope.Envelope>
}

export interface Tx {
  readonly head: Head.Head
  readonly now: DateTime.Utc
  readonly load: (query: unknown) => Effect.Effect<object, StoreError>
  readonly ahead?: (part: Changes) => Effect.Effect<void, StoreError>
  readonly save: (changes: Changes) => Effect.Effect<void, StoreError>
}

type Transact = <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>) => Effect.Effect<A, E | StoreError, R>

export interface HeadStore {
  readonly open: (identity: Identity, first: unknown) => Effect.Effect<void, CompanyMismatch | StoreError>
  readonly adopt: (identity: Identity, first: unknown) => Effect.Effect<void, CompanyMismatch | StoreError>
  readonly transact: Transact
  readonly forgetCommands: ForgetCommands
}

/** Wraps what the body sees of its transaction. */
export const wrapTx =
  (wrap: (tx: Tx) => Partial<Tx>) =>
  ({ transact }: HeadStore): Partial<HeadStore> => ({
    transact: (body) => transact((tx) => body({ ...tx, ...wrap(tx) }))
  })

export const onSave = (change: (changes: Changes, tx: Tx) => object) =>
  wrapTx((tx) => ({ save: (changes) => tx.save(change(changes, tx) as Changes) }))

export const onLoad = (change: (loaded: never) => object) =>
  wrapTx((tx) => ({
    load: (query) => Effect.map(tx.load(query), (loaded) => ({ ...loaded, ...change(loaded as never) }))
  }))

/** Lets pass what the memory adapter refuses with such a message. */
export const tolerates =
  (message: RegExp) =>
  ({ transact }: HeadStore): Partial<HeadStore> => ({
    transact: (body) =>
      transact((tx) => {
        let staged: Changes | undefined
        return body({ ...tx, save: (changes) => Effect.sync(() => void (staged = changes)) }).pipe(
          Effect.tap(() => (staged === undefined ? Effect.void : tx.save(staged)))
        )
      }).pipe(
        Effect.catchIf(
          (error) => error instanceof StoreError && message.test(error.message),
          () => Effect.undefined as Effect.Effect<never>
        )
      )
  })

/** Commits though the body ended in such a way. */
const commitsOn =
  (how: (cause: Cause.Cause<unknown>) => boolean) =>
  ({ transact }: HeadStore): Partial<HeadStore> => ({
    transact: (body) =>
      Effect.uninterruptible(
        transact((tx) =>
          Effect.matchCauseEffect(Effect.interruptible(body(tx)), {
            onFailure: (cause) => (how(cause) ? Effect.succeed(Effect.failCause(cause)) : Effect.failCause(cause)),
            onSuccess: (answer) => Effect.succeed(Effect.succeed(answer))
          })
        )
      ).pipe(Effect.flatMap((answer) => answer))
  })

/** What a body sees when it runs outside of the transaction it thinks itself in. */
const snapshot = (transact: Transact) =>
  transact((tx) => Effect.succeed({ head: tx.head, now: tx.now })).pipe(
    Effect.map(({ head, now }) => ({ head, now, load: (query: unknown) => transact((tx) => tx.load(query)) }))
  )

/** The body runs before the head is taken. */
const notExclusive = ({ transact }: HeadStore): Partial<HeadStore> => ({
  transact: Effect.fnUntraced(function* (body) {
    let staged: Changes | undefined
    const seen = yield* snapshot(transact)
    const answer = yield* body({ ...seen, save: (changes) => Effect.sync(() => void (staged = changes)) })
    if (staged !== undefined) yield* transact((tx) => tx.save(staged!))
    return answer
  }) as Transact
})

/** Each save is a commit of its own. */
const autocommit = ({ transact }: HeadStore): Partial<HeadStore> => ({
  transact: Effect.fnUntraced(function* (body) {
    const seen = yield* snapshot(transact)
    return yield* body({ ...seen, save: (changes) => transact((tx) => tx.save(changes)) })
  }) as Transact
})

/** Answers, and commits later. */
const acknowledgesEarly = ({ transact }: HeadStore): Partial<HeadStore> => ({
  transact: Effect.fnUntraced(function* (body) {
    let staged: Changes | undefined
    const seen = yield* snapshot(transact)
    const answer = yield* body({ ...seen, save: (changes) => Effect.sync(() => void (staged = changes)) })
    if (staged !== undefined) {
      yield* transact((tx) => tx.save(staged!)).pipe(Effect.delay("20 millis"), Effect.forkDetach)
    }
    return answer
  }) as Transact
})

const emptied = ({ transact }: HeadStore): Partial<HeadStore> => {
  let wiped = false
  return {
    transact: (body) =>
      transact((tx) => {
        let used = false
        const touch = <A, E>(effect: Effect.Effect<A, E>) =>
          Effect.tap(effect, () => Effect.sync(() => void (used = true)))
        return body({
          ...tx,
          load: (query) => touch(wiped ? tx.load({ ...(query as object), ...emptyQuery }) : tx.load(query)),
          save: (changes) => touch(tx.save(changes))
        }).pipe(Effect.tap(() => Effect.sync(() => void (wiped ||= !used))))
      })
  }
}

/** A query for nothing, in any of the stores. */
const emptyQuery = { users: [], tasks: [], causes: [], prices: [], commands: [], open: false, heldBy: [] }

const savesAgain = wrapTx((tx) => {
  let saved = false
  return {
    save: (changes) =>
      Effect.suspend(() => {
        if (saved) return Effect.void
        saved = true
        return tx.save(changes)
      })
  }
})

/** Takes parts, and forgets the commit of which they are. */
const dropsParts = wrapTx((tx) => {
  let dropped = false
  return {
    ahead: () => Effect.sync(() => void (dropped = true)),
    save: (changes) => Effect.suspend(() => (dropped ? Effect.void : tx.save(changes)))
  }
})

const keepsParts = (store: HeadStore): Partial<HeadStore> =>
  wrapTx(({ save }) => ({ ahead: save }))({ ...store, ...commitsOn(Cause.hasFails)(store) })

const hidesRefusals = ({ transact }: HeadStore): Partial<HeadStore> => ({
  transact: Effect.fnUntraced(function* (body) {
    const ended: Array<Exit.Exit<unknown, unknown>> = []
    const exit = yield* Effect.exit(
      transact((tx) => Effect.onExit(body(tx), (exit) => Effect.sync(() => void ended.push(exit))))
    )
    return yield* ended[0]?._tag === "Success" ? ended[0] : exit
  }) as unknown as Transact
})

const opensOnce = ({ open }: HeadStore): Partial<HeadStore> => {
  let opened = false
  return {
    open: (identity, first) =>
      Effect.suspend(() => {
        if (opened) return Effect.fail(new CompanyMismatch({ setting: "id", stored: identity.id, configured: "" }))
        opened = true
        return open(identity, first)
      })
  }
}

/** Opens the company for whoever comes first. */
export const opensItself = ({ open, transact }: HeadStore): Partial<HeadStore> => ({
  transact: (body) =>
    Effect.catchIf(
      transact(body),
      (error): error is never => error instanceof StoreError && error.reason === "Corrupt",
      () =>
        open(identity, () => "2026-03-01").pipe(
          Effect.catchTag("CompanyMismatch", Effect.die),
          Effect.andThen(transact(body))
        )
    )
})

const identity = {
  id: "conformance",
  timeZone: "Europe/Prague",
  cutoff: "04:00",
  currency: "EUR" as Identity["currency"],
  rules: { secret: "one", closing: "automatic" }
}

/** Says of every refusal that the same again may go through. */
export const passing = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.mapError(effect, (error) =>
    error instanceof StoreError
      ? (new StoreError({
          reason: error.reason,
          committed: error.committed,
          message: error.message,
          retryable: true
        }) as E & StoreError)
      : error
  )

/** Says nothing of what comes after the end of a transaction. */
const goesOn = wrapTx((tx) => {
  const quiet = (effect: Effect.Effect<void, StoreError>) =>
    Effect.catchIf(
      effect,
      ({ message }) => message === "the transaction is over",
      () => Effect.void
    )
  return { save: (changes) => quiet(tx.save(changes)) }
})

/** The mutants of a store, which `build` makes from what is wrong with it. */
export const headStores = (
  build: (mutilate: (store: HeadStore) => Partial<HeadStore>) => Layer.Layer<Ports | CursorStore>
) => {
  const mutant = <const Breaks extends ReadonlyArray<string>>(
    name: string,
    mutilate: (store: HeadStore) => Partial<HeadStore>,
    breaks: Breaks
  ) => ({ name, breaks, layer: build(mutilate) })
  const rolledBack = [
    "a transaction that fails leaves nothing behind",
    "a transaction that dies leaves nothing behind",
    "a transaction that is interrupted leaves nothing behind"
  ] as const
  const forgets = [
    "forgets the commands of commits of an age by the commits' clock, and nothing else",
    "forgets the oldest commands first, as many as it is told"
  ] as const
  return [
    mutant("forgets nothing", () => ({ forgetCommands: () => Effect.succeed(0) }), [...forgets]),
    ...[-1, 1].map((millis) =>
      mutant(
        millis < 0 ? "forgets what is younger" : "keeps what is just as old",
        ({ forgetCommands }) => ({
          forgetCommands: (age, limit) => forgetCommands(Duration.sum(age, Duration.millis(millis)), limit)
        }),
        [forgets[0]]
      )
    ),
    mutant(
      "forgets by a clock that is forty days ahead",
      ({ forgetCommands }) => ({
        forgetCommands: (age, limit) => forgetCommands(Duration.subtract(age, Duration.days(40)), limit)
      }),
      [forgets[0]]
    ),
    mutant("forgets all at once", ({ forgetCommands }) => ({ forgetCommands: (age) => forgetCommands(age, 100) }), [
      forgets[1]
    ]),
    mutant(
      "counts what it was told, not what it forgot",
      ({ forgetCommands }) => ({
        forgetCommands: (age, limit) => Effect.as(forgetCommands(age, limit), limit)
      }),
      [forgets[0]]
    ),
    mutant("commits though the body failed", commitsOn(Cause.hasFails), [
      rolledBack[0],
      "numbers have no holes, whatever failed in between"
    ]),
    mutant("commits though the body died", commitsOn(Cause.hasDies), [rolledBack[1]]),
    mutant("commits though the body was interrupted", commitsOn(Cause.hasInterrupts), [rolledBack[2]]),
    mutant("commits with each save", autocommit, [
      ...rolledBack,
      "reads outside a transaction see committed rows only",
      "fifty transactions at once run one after another"
    ]),
    mutant(
      "writes nothing",
      wrapTx(() => ({ save: () => Effect.void })),
      ["what one transaction saved, the next one loads"]
    ),
    mutant(
      "forgets commands",
      onSave((changes) => ({ ...changes, commands: [] })),
      ["what one transaction saved, the next one loads", "refuses to record a command twice"]
    ),
    mutant("runs the body before it takes the head", notExclusive, [
      "fifty transactions at once run one after another"
    ]),
    mutant("answers before it commits", acknowledgesEarly, ["what one transaction saved, the next one loads"]),
    mutant("is emptied by a transaction that saves nothing", emptied, [
      "a transaction that saves nothing changes nothing"
    ]),
    mutant(
      "loses the answer",
      ({ transact }) => ({ transact: ((body) => Effect.asVoid(transact(body))) as Transact }),
      ["the answer of a body is the answer of its transaction"]
    ),
    mutant(
      "can't be interrupted while it waits",
      ({ transact }) => ({
        transact: (body) => Effect.uninterruptibleMask((restore) => transact((tx) => restore(body(tx))))
      }),
      ["giving up the wait for the head does not disturb the others"]
    ),
    mutant(
      "drops rows beyond a thousand",
      onSave((changes) =>
        Object.fromEntries(
          Object.entries(changes).map(([key, rows]) => [
            key,
            Array.isArray(rows) && !["events", "transfers"].includes(key) ? rows.slice(0, 999) : rows
          ])
        )
      ),
      ["a batch of two thousand rows is one transaction"]
    ),
    mutant("opens for whoever comes first", opensItself, [
      "before it is opened, transactions are refused and reads find nothing"
    ]),
    mutant("calls every refusal passing", ({ transact }) => ({ transact: (body) => passing(transact(body)) }), [
      "before it is opened, transactions are refused and reads find nothing",
      "refuses a hole in the numbers",
      "refuses a number that is taken",
      "refuses an event without the digest of the one before",
      "refuses a head that does not stand at its last event",
      "refuses a digest that changed without an event",
      "refuses events of another stream",
      "refuses an instant before the last commit's",
      "refuses to record a command twice",
      "refuses one command id twice in one commit",
      "a transaction saves once",
      "a transaction whose save was refused is lost, whatever its body makes of it"
    ]),
    mutant("says nothing of what comes too late", goesOn, ["a transaction is of no use once its body is over"]),
    mutant("takes any digest of a head", tolerates(/digest changed without an event/), [
      "refuses a digest that changed without an event"
    ]),
    mutant(
      "records the first of one command id",
      onSave((changes) => {
        const seen = new Set<string>()
        const { commands } = changes as unknown as { readonly commands: ReadonlyArray<{ readonly commandId: string }> }
        return { ...changes, commands: commands.filter(({ commandId }) => !seen.has(commandId) && seen.add(commandId)) }
      }),
      ["refuses one command id twice in one commit"]
    ),
    mutant(
      "records no markers",
      onSave((changes) => {
        const { commands } = changes as unknown as { readonly commands: ReadonlyArray<{ readonly digest: string }> }
        return { ...changes, commands: commands.filter(({ digest }) => digest.length === 64) }
      }),
      ["keeps the receipt of a commit, under an id as long as ids may be"]
    ),
    mutant(
      "takes the head to forget",
      ({ forgetCommands, transact }) => ({
        forgetCommands: (age, limit) => transact(() => forgetCommands(age, limit))
      }),
      ["forgets while a transaction holds the head"]
    ),
    mutant("opens once only", opensOnce, ["opens a second time as if it were the first"]),
    mutant(
      "opens for anybody",
      ({ open }) => ({
        open: (identity, first) => Effect.catchTag(open(identity, first), "CompanyMismatch", () => Effect.void)
      }),
      ["refuses a host with another time zone, cutoff or currency"]
    ),
    mutant(
      "opens for any rules",
      ({ open }) => ({ open: (identity, first) => open({ ...identity, rules: {} }, first) }),
      ["refuses a host with another rule, and names it", "adopts other rules at any time, and changes nothing else"]
    ),
    mutant("adopts nothing", () => ({ adopt: () => Effect.void }), [
      "adopts other rules at any time, and changes nothing else",
      "adopts another time zone, cutoff and currency while nothing is registered",
      "opens by adopting, where nothing was opened"
    ]),
    mutant(
      "adopts anything",
      ({ adopt }) => ({
        adopt: (identity, first) => Effect.catchTag(adopt(identity, first), "CompanyMismatch", () => Effect.void)
      }),
      ["refuses to adopt another id, and another zone, cutoff or currency once something is registered"]
    ),
    mutant(
      "starts elsewhere",
      wrapTx((tx) => ({ head: tx.head.number === 0 ? { ...tx.head, number: 1 } : tx.head })),
      ["starts at number zero with an origin of zeros"]
    ),
    mutant("takes any number", tolerates(/does not follow event/), [
      "refuses a hole in the numbers",
      "refuses a number that is taken"
    ]),
    mutant("takes any digest", tolerates(/does not carry the digest/), [
      "refuses an event without the digest of the one before"
    ]),
    mutant("takes any head", tolerates(/the head stands at/), ["refuses a head that does not stand at its last event"]),
    mutant("takes events of any stream", tolerates(/does not belong to/), ["refuses events of another stream"]),
    mutant("takes any instant", tolerates(/is earlier than|goes back/), [
      "refuses an instant before the last commit's"
    ]),
    mutant("records a command twice", tolerates(/is recorded already/), ["refuses to record a command twice"]),
    mutant("drops what is saved second", savesAgain, ["a transaction saves once"]),
    mutant("drops what is written ahead", dropsParts, [
      "parts written ahead are there with what is saved",
      "parts that are never saved are lost",
      "a part that does not follow the head is refused, whatever its body makes of it",
      "a part that the store can't take loses the transaction",
      "nothing is written ahead of what was saved"
    ]),
    mutant("writes parts for good", keepsParts, ["a transaction that fails takes its parts with it"]),
    mutant("forgets that it refused", hidesRefusals, [
      "a transaction whose save was refused is lost, whatever its body makes of it"
    ]),
    mutant(
      "has a clock that stands still",
      wrapTx((tx) => ({ now: tx.head.at })),
      ["the instant of a commit is the clock's"]
    ),
    mutant(
      "has a clock that goes back",
      ({ transact }) => ({
        transact: (body) => transact((tx) => Effect.flatMap(DateTime.now, (now) => body({ ...tx, now })))
      }),
      ["instants never go back, though the clock does"]
    )
  ]
}
