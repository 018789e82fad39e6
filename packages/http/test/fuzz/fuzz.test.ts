/**
 * Every endpoint of the contract, asked as it should be and in every way that it should not: nothing is answered that
 * the contract does not know, and what is refused has changed nothing.
 *
 * `POPUG_FUZZ_RUNS` is how often each kind of request is made of each endpoint, `POPUG_FUZZ_SEED` another seed.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Actor, Books, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { Issuer } from "../support/issuer.ts"
import type { Options } from "../support/server.ts"
import { faults } from "./answers.ts"
import * as Bodies from "./bodies.ts"
import * as Company from "./company.ts"
import { count, endpoints, type Endpoint } from "./contract.ts"
import * as Headers from "./headers.ts"
import { isExpected, type Kind, type Sample } from "./kind.ts"
import { plans, toWire } from "./requests.ts"
import * as Targets from "./targets.ts"
import { mapped } from "./values.ts"
import { Connection, encode, type WireAnswer } from "./wire.ts"

const runs = Number(process.env["POPUG_FUZZ_RUNS"] ?? 4)
const seed = Number(process.env["POPUG_FUZZ_SEED"] ?? 20_261_123)

const asAsked: Kind = {
  name: "as it should be",
  applies: () => true,
  samples: (endpoint) =>
    mapped(plans(endpoint), (plan) => ({ plan, wire: (token) => toWire(plan, token), expected: "any" }))
}

const kinds = [asAsked, ...Bodies.kinds, ...Targets.kinds, ...Headers.kinds]

const file = "--config vitest.workspace.ts packages/http/test/fuzz/fuzz.test.ts"

/** How often what was answered, by status. */
const tally = new Map<string, number>()
const add = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1)

afterAll(() => {
  const sorted = [...tally].sort(([one], [other]) => (one < other ? -1 : 1))
  // oxlint-disable-next-line no-console -- seen only when it is asked for: --silent=false
  console.log(`seed ${seed}, ${runs} runs a kind: ${sorted.map(([what, times]) => `${what}: ${times}`).join(", ")}`)
})

const shown = (sample: Sample, bytes: Buffer, answer: WireAnswer | undefined): string => {
  const text = (buffer: Buffer) => JSON.stringify(buffer.toString("latin1", 0, 1_500))
  const got =
    answer === undefined ? "no answer" : `${answer.status} ${JSON.stringify(answer.headers)} ${text(answer.body)}`
  return `asked as ${sample.plan.as}: ${text(bytes)}\nexpected ${String(sample.expected)}, got ${got}`
}

/** Asks, and holds the answer and the company against what they must be. */
const tester = Effect.gen(function* () {
  const services = yield* Effect.context<Company.Services>()
  const run = Effect.runPromiseWith(services)
  const issuer = yield* Issuer
  const connection = new Connection(yield* Company.port)
  yield* Effect.addFinalizer(() => Effect.sync(() => connection.close()))
  const tokens = new Map<string, string>()
  for (const user of Company.staff) tokens.set(user, yield* issuer.token(user))
  let before = yield* Company.state

  /** Somebody has to be able to do everything, whatever was done to them. */
  const restore = Effect.gen(function* () {
    yield* Company.settle
    yield* (yield* Users).update(Actor.system, { id: "ann", roles: ["admin"], status: "active", identities: [] })
    yield* Company.settle
    before = yield* Company.state
  })

  return async (sample: Sample): Promise<void> => {
    const { as, endpoint } = sample.plan
    const request = sample.wire(as === null ? undefined : tokens.get(as)!)
    const answer = await connection.send(request)
    const must = (holds: boolean, what: () => string) => {
      if (!holds) assert.fail(`${what()}\n${shown(sample, encode(request), answer)}`)
    }
    if (answer === undefined) {
      must(sample.expected === "silent", () => "closed without an answer")
    } else {
      const allowed = Array.isArray(sample.expected) && sample.expected.includes(answer.status) && answer.status === 505
      const found = faults(endpoint, request.method, answer)
      must(allowed || found.length === 0, () => found.join("; "))
      must(isExpected(sample.expected, answer.status) || isStranger(as, answer), () => "another status than expected")
    }
    add(answer === undefined ? "silent" : String(answer.status))
    const isRead = request.method === "GET" || request.method === "HEAD"
    if (answer === undefined || answer.status >= 300 || isRead) {
      const after = await run(Company.state)
      must(after === before, () => `changed the company: ${difference(before, after)}`)
    } else await run(restore)
  }
})

/**
 * Whether somebody was told that they are nobody here, which comes before a request is read: a ghost, or a user who was
 * given an identity of their own. The one who can do everything never is.
 */
const isStranger = (as: string | null, { body, status }: WireAnswer): boolean =>
  as !== "ann" && status === 403 && body.includes("urn:popug:problem:unknown-subject")

const difference = (before: string, after: string): string => {
  let at = 0
  while (before[at] === after[at]) at += 1
  return `${before.slice(Math.max(0, at - 60), at + 60)} became ${after.slice(Math.max(0, at - 60), at + 60)}`
}

/** Of a company that closes by itself nobody can close a period. */
const optionsOf: Readonly<Record<string, Options>> = { "billing.close": { company: { closing: "by-hand" } } }

const explore = (endpoint: Endpoint) =>
  Effect.gen(function* () {
    const ask = yield* tester
    const failures: Array<string> = []
    for (const [at, kind] of kinds.entries()) {
      if (!kind.applies(endpoint)) continue
      const property = fc.asyncProperty(kind.samples(endpoint), ask)
      const checked = yield* Effect.promise(() =>
        fc.check(property, { numRuns: kind === asAsked ? runs * 10 : runs, seed: seed + at })
      )
      if (checked.failed) {
        const { errorInstance } = checked
        failures.push(`${kind.name}: ${errorInstance instanceof Error ? errorInstance.message : String(errorInstance)}`)
      }
      add("kinds of endpoints")
    }
    const repeat = `to repeat: POPUG_FUZZ_SEED=${seed} POPUG_FUZZ_RUNS=${runs} npm exec -- vitest ${file}`
    assert(failures.length === 0, `${failures.join("\n\n")}\n${repeat} -t ${endpoint.id}`)
    // What was done is in books that still balance and prove themselves.
    const books = yield* Books
    assert.strictEqual((yield* books.trialBalance(Actor.system)).total, 0n)
    assert.isNull((yield* books.verify(Actor.system)).difference)
  }).pipe(Effect.scoped, Effect.provide(Company.layer(optionsOf[endpoint.id])))

describe("whatever is asked of", () => {
  it("the whole contract is asked", () => assert.strictEqual(endpoints.length, count()))

  for (const endpoint of endpoints) {
    it.effect(
      `${endpoint.id}, the answer is as the contract says, and a refusal changes nothing`,
      () => explore(endpoint),
      30_000 + runs * 20_000
    )
  }
})
