import { PgClient } from "@effect/sql-pg/PgClient"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import fc from "fast-check"
import { expect, it } from "vitest"
import { packed, packedAll, unpacked } from "../src/packed.ts"
import { client, freshSchema } from "./support.ts"

/** UUIDs, what is nearly one, and ids of all kinds. */
const id = fc
  .oneof(
    fc.uuid(),
    fc.uuid().map((uuid) => uuid.toUpperCase()),
    fc
      .tuple(fc.uuid(), fc.nat(36), fc.stringMatching(/^[-0-9A-Za-z._]{0,3}$/))
      .map(([uuid, at, text]) => uuid.slice(0, at) + text),
    fc.stringMatching(/^[0-9a-f-]{1,40}$/),
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/),
    fc
      .tuple(fc.constantFrom("00", "01", "9e", "9f", "a0", "fe", "ff"), fc.uuid())
      .map(([lead, uuid]) => lead + uuid.slice(2)),
    fc.constantFrom("0", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")
  )
  .filter((text) => text !== "")

it("an id is what its bytes give back", () => {
  fc.assert(
    fc.property(id, (text) => {
      expect(unpacked(packed(text))).toBe(text)
    })
  )
})

it("bytes of ids are in the order of their texts", () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      expect(Math.sign(Buffer.compare(packed(a), packed(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
    { numRuns: 2_000 }
  )
})

it("many ids have the bytes that each has alone", () => {
  fc.assert(
    fc.property(fc.array(fc.option(id)), (ids) => {
      const each = ids.map((text) => (text === null ? null : Buffer.from(packed(text))))
      expect(packedAll(ids).map((bytes) => bytes && Buffer.from(bytes))).toEqual(each)
    })
  )
})

it("a UUID takes sixteen bytes, and words a single one more than their letters", () => {
  expect(packed("01937c3a-0000-7000-a000-000000000000")).toHaveLength(16)
  for (const text of ["task-1", "POP-17", "00"]) expect(packed(text)).toHaveLength(text.length + 1)
})

it("SQL reads the same ids for people", () => {
  const schema = freshSchema()
  const ids = fc.sample(id, 200)
  return Effect.gen(function* () {
    yield* Postgres.migrate({ schema })
    const rows = yield* (yield* PgClient).unsafe<{ readonly text: string }>(
      `select ${schema}.id_text(id) as text from unnest($1) with ordinality as ids (id, place) order by place`,
      [Result.getOrThrow(PgTypes.array(packedAll(ids), PgTypes.OID.bytea))]
    )
    expect(rows.map(({ text }) => text)).toEqual(ids)
  }).pipe(Effect.provide(Postgres.layerClient(client)), Effect.runPromise)
})
