/** What can be wrong with a connection rather than with a request: bytes that are none, and more or less of them. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { Issuer } from "../support/issuer.ts"
import { faults } from "./answers.ts"
import * as Company from "./company.ts"
import { endpoints } from "./contract.ts"
import { plans, toWire } from "./requests.ts"
import { encode, exchange, type Framing } from "./wire.ts"

const runs = Number(process.env["POPUG_FUZZ_RUNS"] ?? 4) * 10
const seed = Number(process.env["POPUG_FUZZ_SEED"] ?? 20_261_123)

const host = ["host", "127.0.0.1"] as const

/** The state before and after something that must not change it, on a server that answers afterwards. */
const unchanged = (body: (port: number) => Promise<void>) =>
  Effect.gen(function* () {
    const port = yield* Company.port
    const before = yield* Company.state
    yield* Effect.promise(() => body(port))
    assert.strictEqual(yield* Company.state, before)
    const alive = encode({ method: "GET", target: "/livez", headers: [host] })
    const { answers } = yield* Effect.promise(() => exchange(port, alive, ["GET"]))
    assert.strictEqual(answers[0]?.status, 200)
  })

it.effect("bytes that are no HTTP get a problem or nothing, and do no harm", () =>
  unchanged(async (port) => {
    const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    const hello = Buffer.from("16030100c8010000c40303", "hex")
    const bytes = fc.oneof(
      fc.constantFrom(preface, hello, Buffer.from("\r\n\r\n"), Buffer.from("GET"), Buffer.alloc(100_000, "A")),
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.string({ maxLength: 200 }).map((text) => Buffer.from(`GET /livez HTTP/1.1\r\n${text}\r\n\r\n`))
    )
    const property = fc.asyncProperty(bytes, async (sent) => {
      const { answers } = await exchange(port, sent, ["GET"], true)
      for (const answer of answers) {
        assert.include([200, 400, 417, 431, 505], answer.status)
        if (answer.status !== 505) assert.deepStrictEqual(faults(undefined, "GET", answer), [])
      }
    })
    await fc.assert(property, { seed, numRuns: runs })
  }).pipe(Effect.provide(Company.layer()))
)

it.effect("requests that are sent in one go are answered in their order", () =>
  Effect.gen(function* () {
    const port = yield* Company.port
    const token = yield* (yield* Issuer).token("olga")
    const reads = endpoints.filter(({ id, method }) => method === "GET" && id !== "events.feed")
    const many = fc.array(
      fc.constantFrom(...reads).chain((endpoint) => plans(endpoint)),
      { minLength: 2, maxLength: 12 }
    )
    const property = fc.asyncProperty(many, async (all) => {
      const sent = all.map((plan, at) =>
        encode(toWire({ ...plan, headers: [["x-request-id", `at-${at}`]] }, plan.as === null ? undefined : token))
      )
      const { answers, rest } = await exchange(
        port,
        Buffer.concat(sent),
        all.map(() => "GET")
      )
      assert.strictEqual(answers.length, all.length)
      assert.strictEqual(rest.length, 0)
      for (const [at, answer] of answers.entries()) {
        assert.strictEqual(answer.headers["x-request-id"], `at-${at}`)
        assert.deepStrictEqual(faults(all[at]!.endpoint, "GET", answer), [])
      }
    })
    yield* Effect.promise(() => fc.assert(property, { seed, numRuns: runs }))
  }).pipe(Effect.provide(Company.layer()))
)

it.effect("a body that is shorter or longer than its length says is not taken for another", () =>
  Effect.gen(function* () {
    const token = yield* (yield* Issuer).token("ann")
    const create = (body: string, declare: string) =>
      encode({
        method: "POST",
        target: "/v1/tasks",
        headers: [host, ["authorization", `Bearer ${token}`], ["content-type", "application/json"]],
        body: Buffer.from(body),
        framing: { declare }
      })
    const whole = `{"title":"Mend the roof"}`
    yield* unchanged(async (port) => {
      for (const less of [1, 2, 10, 24]) {
        const { answers } = await exchange(port, create(whole, String(whole.length - less)), ["POST", "GET"])
        // The rest is no request; the connection may be cut before it is said so twice.
        assert.isAbove(answers.length, 0)
        assert.isTrue(answers.every(({ status }) => status === 400))
      }
      // The rest never comes: the request is not there.
      for (const more of [1, 1_000]) {
        const { answers } = await exchange(port, create(whole, String(whole.length + more)), ["POST"], true)
        assert.isTrue(answers.every(({ status }) => status === 400))
      }
      const large = Buffer.concat([create("x", "2000000"), Buffer.alloc(1_999_999, "x")])
      const { answers } = await exchange(port, large, ["POST"])
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [413]
      )
    })
  }).pipe(Effect.provide(Company.layer()))
)

it.effect("what follows a request whose answer closes the connection is not carried out", () =>
  Effect.gen(function* () {
    const token = yield* (yield* Issuer).token("ann")
    const create = (body: Buffer, framing: Framing) =>
      encode({
        method: "POST",
        target: "/v1/tasks",
        headers: [host, ["authorization", `Bearer ${token}`], ["content-type", "application/json"]],
        body,
        framing
      })
    const next = create(Buffer.from(`{"title":"Mend the roof"}`), "length")
    yield* unchanged(async (port) => {
      for (const framing of ["length", "chunked"] as const) {
        for (const size of [1_500_000, 2_000_000, 3_000_000]) {
          const sent = Buffer.concat([create(Buffer.alloc(size, "x"), framing), next, next])
          const { answers, closed } = await exchange(port, sent, ["POST", "POST", "POST"])
          assert.deepStrictEqual(
            answers.map(({ status }) => status),
            [413]
          )
          assert.isTrue(closed)
        }
      }
    })
  }).pipe(Effect.provide(Company.layer()))
)

it.effect("whoever leaves in the middle of anything leaves nothing behind", () =>
  Effect.gen(function* () {
    const token = yield* (yield* Issuer).token("ann")
    const bytes = encode({
      method: "POST",
      target: "/v1/tasks",
      headers: [host, ["authorization", `Bearer ${token}`], ["content-type", "application/json"]],
      body: Buffer.from(`{"title":"Mend the roof"}`),
      framing: "chunked"
    })
    yield* unchanged(async (port) => {
      const property = fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 2 }), async (cut) => {
        const { answers } = await exchange(port, bytes.subarray(0, cut), ["POST"], true)
        assert.isTrue(answers.every(({ status }) => status === 400))
      })
      await fc.assert(property, { seed, numRuns: runs })
    })
  }).pipe(Effect.provide(Company.layer()))
)
