import { createHmac } from "node:crypto"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Actor, Companies, type CompanyHome, CompanySecrets, Notifier, Tasks, Users } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { client, freshSchema } from "./support.ts"

const key = Redacted.make("the key of this host")

/** A node of a host over a schema. */
const node = (schema: string, clock: "database" | "effect" = "database") =>
  Companies.layer({
    databases: { main: Postgres.layerHome },
    defaultDatabase: "main",
    notifier: () => Notifier.layerLog
  }).pipe(
    Layer.provideMerge(Layer.mergeAll(Postgres.layerDirectory, Postgres.layerSecrets(key), Postgres.layerDigest)),
    Layer.provideMerge(Postgres.layerHome),
    Layer.provide(Postgres.layerDatabase({ ...client, schema, clock, migrate: true }))
  )

const run = <A, E>(
  body: Effect.Effect<A, E, Companies | CompanySecrets | CompanyHome>,
  schema = freshSchema()
): Promise<A> => Effect.runPromise(Effect.provide(body, node(schema)))

/** A clock that stands at an instant; what waits does so in real time. */
const at = (millis: number): Clock.Clock => {
  const live = Clock.Clock.defaultValue()
  return {
    ...live,
    currentTimeMillisUnsafe: () => millis,
    currentTimeMillis: Effect.succeed(millis),
    currentTimeNanosUnsafe: () => BigInt(millis) * 1_000_000n,
    currentTimeNanos: Effect.succeed(BigInt(millis) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => live.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: live.monotonicTimeNanos,
    sleep: (duration) => live.sleep(duration)
  }
}

const hire = (id: string, name: string) =>
  Companies.within(
    id,
    Effect.flatMap(Users, (users) => users.create(Actor.system, [{ id: "olga", name, roles: ["worker"] }]))
  )

describe("companies of a database", () => {
  it("are opened together, and each has rows of its own", () =>
    run(
      Effect.gen(function* () {
        const companies = yield* Companies
        const many = Array.from({ length: 30 }, (_, index) => ({ id: `company-${index}`, timeZone: "Europe/Prague" }))
        expect((yield* companies.open(many)).length).toBe(30)
        yield* companies.open(many)
        yield* hire("company-3", "Olga")
        yield* hire("company-4", "Olga of the zoo")
        const [state] = yield* companies.status(["company-3"])
        expect(state).toMatchObject({
          record: { status: "open" },
          health: { resting: false, attempts: 0 },
          isInUse: true
        })
        expect(yield* companies.active).toEqual(["company-3", "company-4"])
        expect((yield* Effect.flip(companies.open([{ id: "company-3" }])))._tag).toBe("CompanyAlreadyExists")
        expect((yield* Effect.flip(Effect.scoped(companies.get("nobody"))))._tag).toBe("UnknownCompany")
      })
    ))

  it("are listed each as it is, though the record of one can't be read", () => {
    const schema = freshSchema()
    return run(
      Effect.gen(function* () {
        const companies = yield* Companies
        yield* companies.open([{ id: "a" }, { id: "b" }, { id: "c" }])
        yield* Effect.provide(
          Effect.flatMap(PgClient.PgClient, ({ unsafe }) =>
            unsafe(
              `update ${schema}.directory set settings = jsonb_set(settings::jsonb, '{timeZone}', '"Moon/Tycho"')::json
                where id = 'b'`
            )
          ),
          Postgres.layerClient(client)
        )
        const { rows } = yield* companies.list()
        expect(rows).toMatchObject([{ id: "a", status: "open" }, { id: "b" }, { id: "c", status: "open" }])
        expect(rows[1]).toEqual({ id: "b", unreadable: expect.stringMatching(/time zone/iu) })
        expect((yield* companies.list({ limit: 2 })).rows).toHaveLength(2)
        yield* hire("c", "Olga")
      }),
      schema
    )
  })

  it("have secrets that are derived from the host's key as RFC 5869 says", () =>
    run(
      Effect.gen(function* () {
        const extracted = createHmac("sha256", Buffer.alloc(32)).update(Redacted.value(key)).digest()
        const block = Buffer.concat([Buffer.from("popug company secret acme"), Buffer.from([1])])
        const secret = yield* (yield* CompanySecrets).of("acme")
        expect(Redacted.value(secret)).toBe(createHmac("sha256", extracted).update(block).digest("hex"))
      })
    ))

  it("are refused under the head by a node that still has them, once they are put to rest by another", async () => {
    const schema = freshSchema()
    await run(
      Effect.scoped(
        Effect.gen(function* () {
          const companies = yield* Companies
          yield* companies.open([{ id: "acme" }])
          const acme = yield* companies.get("acme")
          const hireOlga = Effect.provideContext(
            Effect.flatMap(Users, (users) => users.create(Actor.system, [{ name: "Olga", roles: ["worker"] }])),
            acme
          )
          yield* hireOlga
          yield* hireOlga
          yield* Effect.promise(() =>
            run(
              Effect.flatMap(Companies, (other) => other.rest(["acme"])),
              schema
            )
          )
          expect(yield* Effect.flip(hireOlga)).toMatchObject({
            _tag: "StoreError",
            reason: "Resting",
            retryable: false
          })
          yield* Effect.promise(() =>
            run(
              Effect.flatMap(Companies, (other) => other.wake(["acme"])),
              schema
            )
          )
          yield* hireOlga
          yield* companies.rest(["acme"])
          expect((yield* Effect.flip(Effect.scoped(companies.get("acme"))))._tag).toBe("CompanyResting")
        })
      ),
      schema
    )
  })

  it("are worked for by two nodes at once: each day is ended once, whoever was given it", async () => {
    const schema = freshSchema()
    const ids = Array.from({ length: 24 }, (_, index) => `company-${index}`)
    await run(
      Effect.flatMap(Companies, ({ open }) => open(ids.map((id) => ({ id })))),
      schema
    )
    await Promise.all(
      [0, 1].map(async (half) =>
        run(
          Effect.forEach(ids.slice(half * 12, half * 12 + 12), (id) => hire(id, "Olga"), { discard: true }),
          schema
        )
      )
    )
    const tomorrow = Date.now() + 86_400_000
    const served = await Promise.all(
      [0, 1].map(() =>
        Effect.runPromise(
          Effect.provide(
            Effect.flatMap(Companies, ({ serve }) => serve),
            node(schema, "effect")
          ).pipe(Effect.provideService(Clock.Clock, at(tomorrow)))
        )
      )
    )
    expect(served[0]! + served[1]!).toBeGreaterThanOrEqual(ids.length)
    const states = await run(
      Effect.flatMap(Companies, ({ status }) => status(ids)),
      schema
    )
    for (const { health } of states) {
      expect(health!.dueAt!.epochMilliseconds).toBeGreaterThan(tomorrow)
      // One marker, one close, one report, whoever was first.
      expect(health!.consumers.map(({ behind, consumer, number }) => [consumer, number, behind])).toEqual([
        ["tasks", 1, 0],
        ["billing", 1, 0],
        ["billing.users", 1, 0],
        ["reports", 1, 0]
      ])
      expect(health!.attempts).toBe(0)
    }
  })

  it("move their heads without touching an index", async () => {
    const schema = freshSchema()
    await run(
      Effect.gen(function* () {
        yield* (yield* Companies).open([{ id: "acme" }])
        yield* Companies.within(
          "acme",
          Effect.gen(function* () {
            const tasks = yield* Tasks
            for (let count = 0; count < 30; count++) yield* tasks.create(Actor.system, [{ title: "Mend the roof" }])
          })
        )
      }),
      schema
    )
    const [row] = await Effect.runPromise(
      Effect.provide(
        Effect.flatMap(PgClient.PgClient, ({ unsafe }) =>
          unsafe<{ readonly updated: number; readonly hot: number; readonly elsewhere: number | null }>(
            `select n_tup_upd::int as updated, n_tup_hot_upd::int as hot,
                (to_jsonb(s) ->> 'n_tup_newpage_upd')::int as elsewhere
              from pg_stat_all_tables s where schemaname = '${schema}' and relname = 'contexts'`
          )
        ),
        Postgres.layerClient(client)
      )
    )
    expect(row!.updated).toBeGreaterThanOrEqual(30)
    // An index is touched where a page was full, since others' snapshots keep dead rows, and for no other reason.
    // Postgres 15 does not count those.
    if (row!.elsewhere !== null) expect(row!.hot).toBe(row!.updated - row!.elsewhere)
    expect(row!.hot).toBeGreaterThan(0)
  })
})
