import { readFileSync } from "node:fs"
import { join } from "node:path"
import specs from "@asyncapi/specs"
import { Ajv } from "ajv"
import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, it } from "vitest"
import { files, folder, written } from "../scripts/event-reference.ts"
import { catalog } from "../src/Catalog.ts"
import { golden } from "./support/golden.ts"

type Json = Record<string, unknown>
const parse = (text: string | undefined): Json => JSON.parse(text ?? "null") as Json
const generated = files()
const asyncApi = parse(generated.get("events/asyncapi.json"))

/** What a local reference leads to. */
const follow = (reference: string): unknown =>
  reference
    .slice(2)
    .split("/")
    .reduce<unknown>((value, key) => (value as Json)[key], asyncApi)

/** Every value of a key, anywhere in a document. */
const everywhere = (value: unknown, key: string): ReadonlyArray<unknown> => {
  if (typeof value !== "object" || value === null) return []
  const inside = Object.values(value).flatMap((item) => everywhere(item, key))
  return key in value ? [(value as Json)[key], ...inside] : inside
}

describe("the event reference", () => {
  it.each([...generated.keys()])("is up to date (if not: `npm run docs:events`): %s", (path) => {
    expect(readFileSync(join(folder, path), "utf8")).toBe(generated.get(path))
  })

  it("has no file that nothing writes any more", () => {
    expect([...written()].sort()).toEqual([...generated.keys()].sort())
  })

  it("names every event with its kind, producer, consumers and version in the table", () => {
    const table = generated.get("events.md")
    for (const [type, { consumers, kind, producer, version }] of Object.entries(catalog)) {
      const who = consumers.length === 0 ? "operators" : consumers.join(", ")
      expect(table).toContain(`| \`${type}\` | ${kind} | ${producer} | ${who} | [${version}](`)
    }
  })
})

describe("the JSON Schemas", () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true })
  const envelope = ajv.compile(parse(generated.get("events/envelope.json")))

  it.each([...golden.keys()])("accept the recorded %s", (name) => {
    const event = golden.get(name)!
    expect(envelope(event), JSON.stringify(envelope.errors)).toBe(true)
    const validate =
      ajv.getSchema(`urn:popug:event:${name}`) ?? ajv.compile(parse(generated.get(`events/${name}.json`)))
    expect(validate(event.data), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each([...golden.keys()])("refuse a %s with a field missing", (name) => {
    const validate =
      ajv.getSchema(`urn:popug:event:${name}`) ?? ajv.compile(parse(generated.get(`events/${name}.json`)))
    const data = golden.get(name)!.data as Json
    for (const field of Object.keys(data)) {
      const { [field]: _, ...rest } = data
      expect(validate(rest), field).toBe(false)
    }
  })

  it("refuse amounts that are numbers", () => {
    const validate = ajv.getSchema("urn:popug:event:billing.closed.v1")!
    expect(validate({ ...(golden.get("billing.closed.v1")!.data as Json), earnings: 12 })).toBe(false)
  })
})

describe("the AsyncAPI document", () => {
  it("is valid by AsyncAPI's own schema", () => {
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
      specs.schemasWithoutId["3.0.0"] as object
    )
    expect(validate(asyncApi), JSON.stringify(validate.errors)).toBe(true)
  })

  it("refers to nothing that is not in it", () => {
    const references = everywhere(asyncApi, "$ref") as ReadonlyArray<string>
    expect(references.length).toBeGreaterThan(20)
    for (const reference of references) {
      expect(reference).toMatch(/^#\//)
      expect(follow(reference), reference).toBeDefined()
    }
  })

  it("has a channel for each stream, with the messages of its producer", () => {
    const channels = asyncApi["channels"] as Record<string, { messages: Json }>
    expect(Object.keys(channels)).toEqual(["users", "tasks", "billing"])
    for (const name of golden.keys()) {
      const { producer } = catalog[golden.get(name)!.type as keyof typeof catalog]
      expect(Object.keys(channels[producer]!.messages)).toContain(name)
    }
  })

  it("has each context receive what the catalogue says it consumes, and send what it produces", () => {
    const operations = asyncApi["operations"] as Record<string, { messages: ReadonlyArray<{ $ref: string }> }>
    const names = (operation: string) => operations[operation]?.messages.map(({ $ref }) => $ref.split("/").at(-1))
    for (const [type, { consumers, producer, version }] of Object.entries(catalog)) {
      expect(names(`${producer}.send`)).toContain(`${type}.v${version}`)
      for (const consumer of consumers) {
        expect(names(`${consumer}.receive.${producer}`)).toContain(`${type}.v${version}`)
      }
    }
    // A producer can be told to write it.
    expect(names("tasks.send")).toContain("task.updated.v1")
    expect(names("billing.receive.tasks")).toContain("task.updated.v1")
  })

  it.each([...golden.keys()])("describes the recorded %s", (name) => {
    const ajv = new Ajv2020({ strict: false })
    ajv.addSchema({ ...asyncApi, $id: "urn:popug:asyncapi" })
    const validate = ajv.getSchema(`urn:popug:asyncapi#/components/messages/${name}/payload`)!
    const event = golden.get(name)!
    expect(validate(event), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ ...event, dataversion: 99 })).toBe(false)
    expect(validate({ ...event, data: {} })).toBe(false)
  })
})
