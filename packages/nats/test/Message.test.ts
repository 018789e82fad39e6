import { headers } from "@nats-io/transport-node"
import { Envelope } from "@popug/core"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Message from "../src/Message.ts"
import * as Seal from "../src/Seal.ts"
import { events } from "./support.ts"

const [event] = events("tasks", 7, 7)
const seal = Seal.make("acme", "s")

describe("an event as NATS carries it", () => {
  it("is a CloudEvent in binary content mode", () => {
    const { data, headers, id } = Message.encode(
      "acme",
      { ...event!, actor: "user:olga", data: { title: "Mend ü" } },
      seal
    )
    expect(id).toBe("acme.tasks.7")
    expect(new TextDecoder().decode(data)).toBe('{"title":"Mend ü"}')
    expect(Object.fromEntries(headers.keys().map((name) => [name, headers.get(name)]))).toEqual({
      "ce-specversion": "1.0",
      "ce-id": "tasks-7",
      "ce-source": "/companies/acme/tasks",
      "ce-type": "task.updated",
      "ce-time": "2023-11-14T22:13:20.007Z",
      "ce-datacontenttype": "application/json",
      "ce-number": "7",
      "ce-dataversion": "1",
      "ce-actor": "user:olga",
      "ce-previousdigest": "7".padStart(64, "0"),
      "popug-seal": expect.stringMatching(/^[\w-]{43}$/u)
    })
  })

  it("takes along what it was caused by", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    const sent = { ...event!, trace: { traceparent, tracestate: "a=1, b=2" } }
    const { data, headers } = Message.encode("acme", sent, seal)
    expect(headers.get("ce-traceparent")).toBe(traceparent)
    expect(Message.decode(headers, data)!.trace).toEqual(sent.trace)
  })

  it("comes back as it was, whatever it is about", () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)
    fc.assert(
      fc.property(json, fc.string({ unit: "grapheme", minLength: 1 }), (data, actor) => {
        const sent = { ...event!, actor, data }
        const { data: body, headers } = Message.encode("acme", sent, seal)
        for (const name of headers.keys()) expect(headers.get(name)).toMatch(/^[!#-~]*$/u)
        const read = Message.decode(headers, body)!
        expect({ ...read }).toEqual(sent)
        expect(Schema.is(Envelope.Envelope)({ ...read })).toBe(true)
      })
    )
  })

  it("is read from headers of another case, with quotes or with needless escapes", () => {
    const message = Message.encode("acme", event!, seal)
    const odd = headers()
    for (const name of message.headers.keys()) odd.set(name.toUpperCase(), message.headers.get(name))
    odd.set("CE-ACTOR", '"user:\\"o\\" %6Flga"')
    expect({ ...Message.decode(odd, message.data) }).toEqual({ ...event, actor: 'user:"o" olga' })
  })

  it("is nothing where it is damaged, or something else", () => {
    const { data, headers: good } = Message.encode("acme", event!, seal)
    expect(Message.decode(undefined, data)).toBeUndefined()
    expect(Message.decode(headers(), data)).toBeUndefined()
    expect(Message.decode(good, data.slice(1))).toBeUndefined()
    good.set("ce-actor", "%C0%A0")
    expect(Message.decode(good, data)).toBeUndefined()
  })
})
