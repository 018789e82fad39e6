/**
 * `npm run docs:events`: writes docs/reference/events.md and docs/reference/events/, the reference of every event and
 * version, from the catalogue. A test fails when they drift.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { catalog, writing } from "../src/Catalog.ts"
import { CloudEvent, Source } from "../src/stream/Envelope.ts"

type Json = Record<string, unknown>
type Context = Source | "reports"

/** One type of event at one version. */
interface Shape {
  readonly type: string
  readonly version: number
  /** The version that is written today. */
  readonly today: number
  /** Whether producers can be told to write it. */
  readonly writable: boolean
  readonly kind: "CUD" | "business"
  readonly producer: Source
  readonly consumers: ReadonlyArray<string>
  readonly description: string
  readonly data: Json
}

/** The JSON Schema of what a schema writes: the encoded side of its JSON codec. */
const jsonSchema = (schema: Schema.Constraint): Json => {
  const document = Schema.toJsonSchemaDocument(schema, {})
  const { definitions } = document
  return Object.keys(definitions).length === 0 ? document.schema : { ...document.schema, $defs: definitions }
}

const shapes: ReadonlyArray<Shape> = Object.entries(catalog).flatMap(([type, entry]) =>
  [...entry.earlier, entry].map(({ data, version }) => ({
    type,
    version,
    today: entry.version,
    writable: Result.isSuccess(writing({ [type]: version })),
    kind: entry.kind,
    producer: entry.producer,
    consumers: entry.consumers,
    description:
      version === entry.version
        ? entry.description
        : `${entry.description} As version ${version} wrote it; it is read as version ${entry.version}.`,
    data: jsonSchema(data)
  }))
)

const nameOf = ({ type, version }: Shape): string => `${type}.v${version}`
const titleOf = ({ type, version }: Shape): string => `${type}, version ${version}`
const contexts: ReadonlyArray<Context> = ["users", "tasks", "billing", "reports"]
const envelopeDescription =
  "What every event travels and is stored in: a CloudEvent 1.0 whose extension attributes give its place in the stream."

const standalone = (id: string, title: string, description: string, schema: Json): Json => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:popug:event:${id}`,
  title,
  description,
  ...schema
})

const reference = (...path: ReadonlyArray<string>): Json => ({ $ref: `#/${path.join("/")}` })

const channel = (source: Source): Json => ({
  address: `/companies/{company}/${source}`,
  title: `The stream of ${source}`,
  description:
    `The events of the ${source} context of one company, numbered 1, 2, 3, ... without holes; each carries the digest ` +
    "of the one before it. Delivery is at least once and in any order: the number makes order out of it.",
  parameters: { company: { description: "The company's id." } },
  messages: Object.fromEntries(
    shapes
      .filter(({ producer }) => producer === source)
      .map((shape) => [nameOf(shape), reference("components", "messages", nameOf(shape))])
  )
})

const operation = (action: "send" | "receive", context: Context, source: Source, all: ReadonlyArray<Shape>): Json => ({
  action,
  title: action === "send" ? `${context} writes its stream` : `${context} follows ${source}`,
  channel: reference("channels", source),
  messages: all.map((shape) => reference("channels", source, "messages", nameOf(shape)))
})

/**
 * Each context sends today's versions of its own events, and those that it can be told to write instead; it receives
 * every version of those it consumes.
 */
const operations = (): Json =>
  Object.fromEntries(
    Source.literals.flatMap((source) => {
      const own = shapes.filter(({ producer }) => producer === source)
      const written = own.filter(({ writable }) => writable)
      return [
        [`${source}.send`, operation("send", source, source, written)],
        ...contexts.flatMap((context) => {
          const consumed = own.filter(({ consumers }) => consumers.includes(context))
          return consumed.length === 0
            ? []
            : [[`${context}.receive.${source}`, operation("receive", context, source, consumed)]]
        })
      ]
    })
  )

const message = (shape: Shape): Json => ({
  name: shape.type,
  title: titleOf(shape),
  summary: shape.description,
  contentType: "application/json",
  tags: [{ name: shape.kind }],
  payload: {
    allOf: [
      reference("components", "schemas", "envelope"),
      {
        type: "object",
        properties: {
          type: { const: shape.type },
          dataversion: { const: shape.version },
          data: reference("components", "schemas", nameOf(shape))
        }
      }
    ]
  }
})

const asyncApi = (): Json => ({
  asyncapi: "3.0.0",
  info: {
    title: "popug's events",
    version: "1.0.0",
    description: "The events that cross popug's contexts. Generated from the event catalogue.",
    license: { name: "MIT" }
  },
  defaultContentType: "application/json",
  channels: Object.fromEntries(Source.literals.map((source) => [source, channel(source)])),
  operations: operations(),
  components: {
    messages: Object.fromEntries(shapes.map((shape) => [nameOf(shape), message(shape)])),
    schemas: {
      envelope: { title: "Envelope", description: envelopeDescription, ...jsonSchema(CloudEvent) },
      ...Object.fromEntries(
        shapes.map((shape) => [nameOf(shape), { title: titleOf(shape), description: shape.description, ...shape.data }])
      )
    }
  }
})

const fields = (schema: Json): string =>
  Object.keys(schema["properties"] as Json)
    .map((name) => `\`${name}\``)
    .join(", ")

/** The versions before today's that can still be written. */
const earlierOnes = (): string =>
  shapes
    .filter(({ today, version, writable }) => writable && version < today)
    .map(({ type, version }) => `\`${type}\` ${version}`)
    .join(", ")

const row = (shape: Shape): string => {
  const version = `[${shape.version}](events/${nameOf(shape)}.json)`
  const consumers = shape.consumers.length === 0 ? "operators" : shape.consumers.join(", ")
  return `| \`${shape.type}\` | ${shape.kind} | ${shape.producer} | ${consumers} | ${version} | ${fields(shape.data)} |`
}

const table =
  (): string => `<!-- Written by \`npm run docs:events\` from the events.ts of each context in packages/core/src. -->

# Events

The events that cross popug's contexts. CUD says that something was created or changed; a business event says that
something happened that others act on. Every version that was ever written can be read. The highest one is written, or
the one that a producer was told to write while not all of its consumers know the next
([upgrades one at a time](../operating/upgrades.md)): ${earlierOnes()}.

| event | kind | producer | consumers | version | data |
|---|---|---|---|---|---|
${shapes.map(row).join("\n")}

Each travels in an [envelope](events/envelope.json) shaped like a CloudEvent. The whole as one document:
[AsyncAPI 3](events/asyncapi.json).

${shapes.map((shape) => `- **${titleOf(shape)}**: ${shape.description}`).join("\n")}
`

const text = (json: Json): string => `${JSON.stringify(json, null, 2)}\n`

/** Every file of the reference by its path from docs/reference, with its content. */
export const files = (): ReadonlyMap<string, string> =>
  new Map([
    ["events.md", table()],
    ["events/asyncapi.json", text(asyncApi())],
    ["events/envelope.json", text(standalone("envelope", "Envelope", envelopeDescription, jsonSchema(CloudEvent)))],
    ...shapes.map((shape): [string, string] => [
      `events/${nameOf(shape)}.json`,
      text(standalone(nameOf(shape), titleOf(shape), shape.description, shape.data))
    ])
  ])

/** Where the reference is kept. */
export const folder = join(import.meta.dirname, "../../../docs/reference")

/** The reference's files that there are. */
export const written = (): ReadonlyArray<string> => [
  "events.md",
  ...readdirSync(join(folder, "events")).map((name) => `events/${name}`)
]

if (import.meta.main) {
  rmSync(join(folder, "events"), { recursive: true, force: true })
  for (const [path, content] of files()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
