/**
 * The schemas of the OpenAPI document: named as people name them, without what only a machine's encoding needs.
 */
import { about } from "./about.ts"
import { isObject, type Json, type JsonObject } from "./Json.ts"
import { limits } from "./parameters.ts"

/** A document with each object in it replaced, the inner ones first. */
const rewrite = (value: Json, object: (value: JsonObject) => Json): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => rewrite(item, object))
  if (!isObject(value)) return value
  return object(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rewrite(inner, object)])))
}

const prefix = "#/components/schemas/"

/** What a value refers to, all the way through the components. */
const reachable = (value: Json, schemas: JsonObject, found = new Set<string>()): Set<string> => {
  rewrite(value, (object) => {
    const { $ref } = object
    if (typeof $ref !== "string" || !$ref.startsWith(prefix)) return object
    const name = $ref.slice(prefix.length)
    if (found.has(name)) return object
    found.add(name)
    reachable(schemas[name]!, schemas, found)
    return object
  })
  return found
}

const safe = Number.MAX_SAFE_INTEGER
const date = "^\\d{4}-\\d{2}-\\d{2}$"
/** How a number is told in a query. */
const numeric = "^[+-]?(?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:[Ee][+-]?\\d+)?$"

/** A schema as one would write it: nothing said that the type says already. */
const plain = (schema: JsonObject): JsonObject => {
  const { maximum, minimum, ...rest } = schema
  const values = schema["enum"]
  if (schema["pattern"] === numeric) return { type: "integer" }
  if (Array.isArray(values) && values.join() === "true,false") return { type: "boolean" }
  return {
    ...rest,
    ...(minimum === undefined || minimum === -safe ? {} : { minimum }),
    ...(maximum === undefined || maximum === safe ? {} : { maximum }),
    ...(schema["pattern"] === date ? { format: "date" } : {}),
    ...(isObject(schema["properties"]) ? { properties: properties(schema["properties"]) } : {})
  }
}

/** Instants are text to a schema; their names tell them. */
const isInstant = (name: string, schema: Json): boolean =>
  /^(?:\w+At|now|time)$/u.test(name) && isObject(schema) && schema["type"] === "string"

const properties = (fields: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [
      name,
      isInstant(name, schema) ? { ...(schema as JsonObject), format: "date-time" } : schema
    ])
  )

/** The numbers that JSON has no words for: no number here is one of them. */
const isUnwritable = (schema: Json): boolean =>
  isObject(schema) && Array.isArray(schema["enum"]) && schema["enum"].includes("NaN")

/** Every schema of a document made plain; all objects with a `type` are schemas except the security schemes. */
export const simplify = (document: JsonObject): JsonObject =>
  rewrite(document, (object) => {
    if (Array.isArray(object["anyOf"])) return { ...object, anyOf: object["anyOf"].filter((one) => !isUnwritable(one)) }
    return typeof object["type"] === "string" && object["scheme"] === undefined ? plain(object) : object
  }) as JsonObject

/**
 * Components by the names that people know: `TaskNotFound`, not `TaskNotFoundEncoded`; and one of each, where a second
 * one differs by its description alone.
 */
export const rename = (document: JsonObject, schemas: JsonObject): readonly [JsonObject, JsonObject] => {
  const used = reachable(document, schemas)
  const kept = Object.entries(schemas).filter(([name]) => used.has(name))
  const bare = (schema: JsonObject) => JSON.stringify(Object.entries(schema).filter(([key]) => key !== "description"))
  const target = new Map<string, JsonObject>()
  for (const [name, schema] of kept) {
    const original = name.replace(/_\d+$/u, "")
    const twin = original !== name && isObject(schemas[original]) && isObject(schema)
    if (twin && bare(schemas[original] as JsonObject) === bare(schema)) {
      target.set(name, {
        $ref: prefix + original,
        ...(schema["description"] === undefined ? {} : { description: schema["description"] })
      })
    } else if (name.endsWith("Encoded")) {
      target.set(name, { $ref: prefix + name.slice(0, -"Encoded".length) })
    }
  }
  const redirect = <A extends Json>(value: A): A =>
    rewrite(value, (object) => {
      const { $ref } = object
      const to = typeof $ref === "string" ? target.get($ref.slice(prefix.length)) : undefined
      return to === undefined ? object : { ...object, ...to }
    }) as A
  const published = kept.flatMap(([name, schema]): Array<readonly [string, Json]> => {
    const to = target.get(name)?.["$ref"]
    const own = typeof to === "string" ? to.slice(prefix.length) : name
    if (own !== name && kept.some(([other]) => other === own)) return []
    return [[own, redirect(schema)]]
  })
  return [redirect(document), Object.fromEntries(published.toSorted(([a], [b]) => (a < b ? -1 : 1)))]
}

const named = (members: Readonly<Record<string, string>>, schema: JsonObject): JsonObject => ({
  ...schema,
  properties: Object.fromEntries(
    Object.entries(schema["properties"] as JsonObject).map(([name, inner]) => [
      name,
      members[name] === undefined ? inner : { ...(inner as JsonObject), description: members[name] }
    ])
  )
})

/** What the members of the components are, where their names do not say it. */
export const explain = (schemas: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const members = about[name.replace(/(?:Encoded)?(?:_\d+)?$/u, "")]?.members
      return [name, members === undefined ? schema : named(members, schema as JsonObject)]
    })
  )

/** The same in what an operation asks for and answers by itself. */
export const explainIn = (members: Readonly<Record<string, string>>, value: Json): Json =>
  rewrite(value, (object) => (isObject(object["properties"]) ? named(members, object) : object))

/** What a problem always has, whatever its kind. */
const problem = (schema: JsonObject): JsonObject => ({
  ...schema,
  properties: { ...(schema["properties"] as JsonObject), status: { ...statusOf(schema), type: "integer" } },
  required: [...new Set(["type", "status", "title", ...(schema["required"] as ReadonlyArray<string>)])]
})

const statusOf = (schema: JsonObject): JsonObject => (schema["properties"] as JsonObject)["status"] as JsonObject

const isProblem = (schema: JsonObject): boolean =>
  isObject(schema["properties"]) &&
  isObject(schema["properties"]["type"]) &&
  String(schema["properties"]["type"]["enum"]).startsWith("urn:popug:problem:")

/** An example of a problem: what its class says, and the members it asks for. */
const exampleOf = (schema: JsonObject, own: JsonObject): JsonObject => {
  const fields = schema["properties"] as JsonObject
  const constant = (name: string): Json => ((fields[name] as JsonObject)["enum"] as ReadonlyArray<Json>)[0]!
  return { type: constant("type"), status: constant("status"), title: constant("title"), ...own }
}

/**
 * Whether more members may come is said where it matters: requests with unknown members are refused, answers may get
 * new ones.
 */
const open = (value: Json): Json =>
  rewrite(value, ({ additionalProperties, ...schema }) =>
    additionalProperties === undefined || additionalProperties === false ? schema : { ...schema, additionalProperties }
  )

/**
 * The components as they are published: described, with examples; those that are only answered open to more members.
 */
export const describe = (schemas: JsonObject, requests: Json): JsonObject => {
  const asked = reachable(requests, schemas)
  return Object.fromEntries(
    Object.entries(schemas).map(([name, value]) => {
      const { description, example } = about[name] ?? {}
      const base = (asked.has(name) ? bounded(value as JsonObject) : open(value)) as JsonObject
      const schema = isProblem(base) ? problem(base) : base
      return [
        name,
        {
          ...(description === undefined ? {} : { description }),
          ...schema,
          ...(isProblem(schema)
            ? { examples: [exampleOf(schema, example ?? {})] }
            : example === undefined
              ? {}
              : { examples: [example] })
        }
      ]
    })
  )
}

/** A schema of what callers send, with how long its texts may be: the rules are those of the core's `Text`. */
export const bounded = (value: JsonObject): JsonObject =>
  rewrite(value, (schema) =>
    isObject(schema["properties"])
      ? {
          ...schema,
          properties: Object.fromEntries(
            Object.entries(schema["properties"]).map(([name, inner]) => [
              name,
              isObject(inner) && inner["type"] === "string" ? { ...inner, ...limits[name] } : inner
            ])
          )
        }
      : schema
  ) as JsonObject

/** A schema of an answer that is no component. */
export const answer = (value: Json): Json => open(value)
