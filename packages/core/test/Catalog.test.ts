import { describe, expect, it } from "vitest"
import * as Catalog from "../src/Catalog.ts"
import * as Envelope from "../src/stream/Envelope.ts"
import * as Head from "../src/stream/Head.ts"
import { readable } from "../src/stream/Readable.ts"
import { canonicalJson } from "../src/values/Digest.ts"
import { at, event, failure, sha256, stream, success } from "./support/given.ts"
import { golden } from "./support/golden.ts"

/** What each recorded event says at today's version. */
const meanings: Record<string, unknown> = {
  "user.created.v1": { id: "ann", name: "Ann Łukasiewicz", roles: ["admin"] },
  "user.identified.v1": {
    id: "bob",
    identities: [{ issuer: "https://id.acme.example", subject: "_f2Z-8|b=ü" }]
  },
  "user.updated.v1": { id: "bob", name: "Bob", roles: ["worker", "night-shift"], status: "deactivated" },
  "task.updated.v1": {
    id: "t-17",
    title: "Mend the roof",
    jiraId: "POPUG-17",
    assign: "bob",
    isDone: false,
    change: "assigned",
    assignment: 1,
    period: "2026-11-22"
  },
  "task.updated.v2": {
    id: "t-17",
    title: "Mend the roof 💚",
    jiraId: "POPUG-17",
    assign: null,
    isDone: false,
    change: "unassigned",
    assignment: 3,
    period: "2026-11-22"
  },
  "task.shuffled.v1": { shuffle: 3, open: 17, reassigned: 12, period: "2026-11-22" },
  "task.registration-ended.v1": { period: "2026-11-22", lastNumber: 13, lastTaskId: "t-17" },
  "task.event-skipped.v1": {
    consumer: "tasks",
    source: "users",
    first: 4,
    last: 5,
    reason: "written by a broken import"
  },
  "billing.closed.v1": {
    period: "2026-11-22",
    currency: "USD",
    totals: {
      tasksCreated: 3,
      assigned: 5,
      done: 2,
      transfers: 9,
      fees: 7215n,
      awards: -9_007_199_254_740_993n,
      payouts: 0n
    },
    earnings: 9_007_199_254_748_208n,
    inTheRed: 4,
    topTask: { id: "t-17", title: "Mend the roof", total: 3999n },
    seal: "ab".repeat(32)
  },
  "billing.event-skipped.v1": {
    consumer: "billing",
    source: "tasks",
    first: 9,
    last: 8,
    reason: "the producer was restored from a backup"
  }
}

/** The digests of the recorded events: a chain that was written yesterday must hold tomorrow. */
const digests: Record<string, string> = {
  "billing.closed.v1": "0b3e7dd298bc8371fc3d326f373a06fdb48c541f44905a831f96eb5001ccf259",
  "billing.event-skipped.v1": "c7e7c9f8ae2ed9bd7d918b5d78bd7d21b468f49de8e464b656c6aab10fc5a718",
  "task.event-skipped.v1": "98fedc8c656a40ad0906291716f9ca2e0a59ace7620496f57a0a98aae1c18cbd",
  "task.registration-ended.v1": "7f4aaf14eda2db5c1233bd55a3be9df578602c034ed879a27655a8195fc348da",
  "task.shuffled.v1": "48b43097fbf731fa1af2e7aeb19ecb4fb4d6e225ea22eea0f563638ba644cd26",
  "task.updated.v1": "68929bea13782bf039810d80c9a6991f4192903cf90bffc9818672705ac445e7",
  "task.updated.v2": "f8f4d3f1a472f5afeed2c699ae5f42d5d6b2e22b73666fcd55c39e67b992fb4b",
  "user.created.v1": "ef6a2cc6850bd33c13c30c9daacc0b1012a1e103d9553df982608e8b8bb3211f",
  "user.identified.v1": "9e3109e4934a8545f24ffe75ddfdff89225114e624f393957c7e12c7bdf715d8",
  "user.updated.v1": "bd6783e30405a6cf79a1bb8840b149115e6ff1415e672616ef7a09816ebc5e24"
}

const versions = Object.entries(Catalog.catalog).flatMap(([type, entry]) =>
  [...entry.earlier, entry].map(({ version }) => ({ type: type as Catalog.EventType, version, today: entry.version }))
)
const envelopeOf = (name: string): Envelope.Envelope => success(Envelope.fromCloudEvent(golden.get(name)!))

describe("the recorded events", () => {
  it("are there for every type and version in the catalogue, and for nothing else", () => {
    expect([...golden.keys()]).toEqual(versions.map(({ type, version }) => `${type}.v${version}`).sort())
  })

  it("say in their name what they are", () => {
    for (const [name, event] of golden) expect(`${event.type}.v${event.dataversion}`).toBe(name)
  })

  it("come from the producer that the catalogue names", () => {
    for (const name of golden.keys()) {
      const { source, type } = envelopeOf(name)
      expect(source).toBe(Catalog.catalog[type as Catalog.EventType].producer)
    }
  })
})

describe.each([...golden.keys()])("%s", (name) => {
  it("is read at today's version", () => {
    const envelope = envelopeOf(name)
    expect(success(Catalog.decode(envelope))).toEqual({ type: envelope.type, data: meanings[name], envelope })
  })

  it("has the digest that it was recorded with", () => {
    expect(Envelope.digest(sha256, envelopeOf(name))).toBe(digests[name])
  })

  it("leaves the process as it came, to the byte", () => {
    expect(canonicalJson(Envelope.toCloudEvent("acme", envelopeOf(name)))).toBe(canonicalJson(golden.get(name)))
  })
})

describe.each(versions.filter(({ today, version }) => version === today))(
  "a $type that is written today",
  ({ type, version }) => {
    it("is the recorded one of its version, to the byte", () => {
      const name = `${type}.v${version}`
      const [written] = stream("tasks", [event(type, "user:ann", meanings[name] as never)])
      expect(written).toMatchObject({ type, version, actor: "user:ann" })
      expect(canonicalJson(written!.data)).toBe(canonicalJson(golden.get(name)!.data))
    })
  }
)

describe("versions of the past", () => {
  it("are numbered 1, 2, 3, ... up to today's", () => {
    for (const entry of Object.values(Catalog.catalog)) {
      const numbers = [...entry.earlier, entry].map(({ version }) => version)
      expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    }
  })
})

describe("the versions that producers are told to write", () => {
  it("are those that can still be written", () => {
    expect(success(Catalog.writing({}))).toEqual({})
    expect(success(Catalog.writing({ "task.updated": 1 }))).toEqual({ "task.updated": 1 })
    expect(success(Catalog.writing({ "task.updated": 2, "user.created": 1 }))).toMatchObject({ "task.updated": 2 })
  })

  it.each([
    [{ "task.updated": 3 }, "task.updated can't be written at version 3, only at 1 or 2"],
    [{ "task.updated": 0 }, "task.updated can't be written at version 0, only at 1 or 2"],
    [{ "task.updated": 1.5 }, "task.updated can't be written at version 1.5, only at 1 or 2"],
    [{ "user.created": 2 }, "user.created can't be written at version 2, only at 1"],
    [{ "task.deleted": 1 }, "there is no event task.deleted"],
    [{ constructor: 1 }, "there is no event constructor"]
  ])("are refused where %j can't", (versions, message) => {
    expect(failure(Catalog.writing(versions as never))).toMatchObject({ _tag: "UnwritableVersion", message })
  })

  it("are what is written: each reads back as what was said, and is the recorded one of its version", () => {
    const said = meanings["task.updated.v1"] as Catalog.TaskUpdated
    const versions = success(Catalog.writing({ "task.updated": 1 }))
    const now = at("2026-11-22T09:00:00Z")
    const growing = new Head.Growing(sha256, "tasks", Head.initial(now), now, versions)
    Catalog.publish(growing, "task.updated", "user:ann", said)
    const [written] = growing.events
    expect(written!.version).toBe(1)
    expect(success(Catalog.decode(written!)).data).toEqual(said)
    expect(canonicalJson(written!.data)).toBe(canonicalJson(golden.get("task.updated.v1")!.data))
  })
})

describe("an event that can't be read", () => {
  const envelope = envelopeOf("task.updated.v2")

  it.each([
    ["a version to come", { version: 3 }],
    ["an unknown type", { type: "task.deleted" }],
    ["a type that objects have of their own", { type: "constructor" }]
  ])("for %s names type, version and number", (_, change) => {
    const changed = { ...envelope, ...change }
    const error = failure(Catalog.decode(changed))
    expect(error).toMatchObject({
      _tag: "UnknownEventVersion",
      type: changed.type,
      version: changed.version,
      number: envelope.number
    })
    expect(error.message).toContain(changed.type)
  })

  const data = envelope.data as Record<string, unknown>
  it.each([
    ["data that is none", null],
    ["a field that is missing", { ...data, title: undefined }],
    ["a date that does not exist", { ...data, period: "2026-02-30" }],
    ["a number that is none", { ...data, assignment: "3" }],
    ["a negative assignment", { ...data, assignment: -1 }],
    ["an unknown change", { ...data, change: "deleted" }],
    ["an id that is none", { ...data, id: "two words" }],
    ["a flag that is text", { ...data, isDone: "false" }]
  ])("for %s is malformed", (_, broken) => {
    const error = failure(Catalog.decode({ ...envelope, data: JSON.parse(JSON.stringify(broken)) }))
    expect(error).toMatchObject({ _tag: "MalformedEvent", number: envelope.number })
    expect(error.message).not.toBe("")
  })

  it("for amounts that are not strings of digits is malformed", () => {
    const closed = envelopeOf("billing.closed.v1")
    const broken = { ...(closed.data as Record<string, unknown>), earnings: 12 }
    expect(failure(Catalog.decode({ ...closed, data: broken }))._tag).toBe("MalformedEvent")
  })

  it("lets those before it be applied, and stops the stream before it", () => {
    const events = [envelope, { ...envelope, number: 14, version: 3 }, { ...envelope, number: 15 }]
    const read = readable(Catalog.decode, { events, digests: ["a", "b", "c"], stop: null })
    expect(read.events.map((event) => event.envelope.number)).toEqual([13])
    expect(read.stop).toMatchObject({ reason: "Poisoned", number: 14 })
    expect(read.stop?.message).toContain("version 3")
  })

  it("does not hide what stands behind events that can be read", () => {
    const stop = { reason: "Gap", number: 14, message: "missing" } as const
    expect(readable(Catalog.decode, { events: [envelope], digests: ["a"], stop })).toMatchObject({ events: [{}], stop })
  })
})

it("fields that a producer of the same version does not know are passed over", () => {
  const envelope = envelopeOf("user.created.v1")
  const data = { ...(envelope.data as Record<string, unknown>), nickname: "Annie" }
  expect(success(Catalog.decode({ ...envelope, data })).data).toEqual(meanings["user.created.v1"])
})
