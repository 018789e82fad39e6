/**
 * What an attacker sends: lengths that lie, bodies in every form, requests behind requests, paths in disguise. Each is
 * answered as effect's own routes answer it, and nothing brings the server down.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as TestClock from "effect/testing/TestClock"
import * as Contract from "../../src/server/contract/Contract.ts"
import { nextTurn } from "../support/server.ts"
import { answersOf, Api, chunked, head, kept, post, type Sent, thing } from "./things.ts"

const body = thing(1)
const size = Buffer.byteLength(body)
const json = "content-type: application/json"
const length = `content-length: ${size}`
const last = head("GET /things")
/** A request with a body under these headers. */
const under = (...fields: ReadonlyArray<string>): string => head("POST /things", ...fields) + body
/** The same, and the connection stays open for the next one. */
const keptPost = (text: string, ...fields: ReadonlyArray<string>): string =>
  `${kept("POST /things", json, `content-length: ${Buffer.byteLength(text)}`, ...fields)}${text}`
/** A body of so many bytes that mean nothing more. */
const padded = (bytes: number): string => body + " ".repeat(bytes - size)
const inChunk = `${size.toString(16)}\r\n${body}\r\n0\r\n`
const asChunk = (...fields: ReadonlyArray<string>) =>
  kept("POST /things", json, "transfer-encoding: chunked", ...fields)
const upgrading = (text: string): string => text.replace("connection: close", "connection: upgrade\r\nupgrade: h2c")

const named = (prefix: string, all: ReadonlyArray<string>, of: (one: string) => Sent) =>
  Object.fromEntries(all.map((one) => [`${prefix}${one}`, of(one)]))

const lengths = {
  "two lengths": under(json, length, length),
  "two lengths that differ": under(json, length, `content-length: ${size + 1}`),
  ...named("the length ", [`0${size}`, `+${size}`, "0x67", "1e2", "-5", "00", ""], (said) =>
    under(json, `content-length: ${said}`)
  ),
  "a length and chunks": under(json, length, "transfer-encoding: chunked"),
  ...named("the coding ", ["identity", "gzip, chunked", "CHUNKED", "xchunked"], (coding) =>
    chunked(body).replace("transfer-encoding: chunked", `transfer-encoding: ${coding}`)
  ),
  "chunks with more said of them": [asChunk("connection: close"), inChunk.replace("\r\n", ";a=b\r\n"), "\r\n"],
  "chunks with a header after them": [asChunk("connection: close"), inChunk, "x-size: 99999\r\n\r\n"],
  "a chunk whose size is none": [asChunk("connection: close"), `zz\r\n${body}\r\n0\r\n\r\n`],
  "no chunk": [asChunk("connection: close"), "0\r\n\r\n"],
  "a short body, as long as it may be": post(padded(65_536)),
  "a long body": post(padded(65_537)),
  "a body as large as it may be": post(padded(200_000)),
  "a byte more": post(padded(200_001)),
  "chunks as large as they may be": chunked(padded(200_000)),
  "chunks of a byte more": chunked(padded(200_000), " "),
  "a body in many pieces": [head("POST /things", json, length), ...body]
}

const media = {
  "no media type": under(length),
  ...named(
    "the media type ",
    ["", ";", "APPLICATION/JSON", "application/json;", "application/json\t; charset=utf-16", "application/json, a/b"],
    (type) => under(`content-type: ${type}`, length)
  ),
  ...named("the media type ", ["application/problem+json", "application/x-www-form-urlencoded"], (type) =>
    under(`content-type: ${type}`, length)
  ),
  "two media types": under(json, "content-type: text/plain", length),
  "two media types, the other first": under("content-type: text/plain", json, length)
}

const texts = named(
  "the body ",
  [
    "\ufeff",
    `\ufeff\ufeff${body}`,
    `\ufeff  ${body}`,
    ` \ufeff${body}`,
    `\u00a0${body}`,
    `${body}\0`,
    `${body}${body}`,
    "null",
    "   ",
    "[1]",
    `"x"`,
    thing("1e999"),
    thing("-0"),
    thing("1.0"),
    thing("9007199254740993"),
    thing(1, `,"id":2`),
    thing(1, `,"__proto__":{"id":2}`),
    thing(1, `,"more":"\\ud800"`),
    thing(1, `,"more":${"[".repeat(5_000)}${"]".repeat(5_000)}`),
    "[".repeat(90_000)
  ],
  (text) => post(text)
)

const expectations = {
  ...named("the expectation ", ["100-continue", "100-Continue", "200-ok"], (what): Sent => [
    head("POST /things", json, length, `expect: ${what}`),
    body
  ]),
  "an expectation of another media type": head("POST /things", "content-type: a/b", length, "expect: 100-continue"),
  "an expectation of chunks": [asChunk("connection: close", "expect: 100-continue"), inChunk, "\r\n"],
  "an expectation of nothing": head("GET /things", "expect: 100-continue"),
  "an expectation, and another request": [kept("POST /things", json, length, "expect: 100-continue"), body, last],
  "a body of a request to upgrade": upgrading(under(json, length)),
  "a body of a request to upgrade, in pieces": [
    upgrading(head("POST /things", json, length)),
    body.slice(0, 9),
    body.slice(9)
  ],
  "a request to upgrade": upgrading(head("GET /things"))
}

const onOneConnection = {
  "two writes in one go": [keptPost(body) + keptPost(thing(2)), last],
  "what is not taken, then another": [keptPost(body).replace("application/json", "text/plain"), last],
  "what is no JSON, then another": [keptPost("{"), last],
  "a defect, then another": [keptPost(thing(500)), last],
  "a body of no path, then another": [keptPost(body).replace("/things", "/other"), last],
  "a body of no method, then another": [keptPost(body).replace("POST", "PATCH"), last],
  "a header that is refused before its body": [kept("POST /things", json, length, "x-size: 4444"), body, last],
  "a header that is refused before its chunks": [asChunk("x-size: 4444"), inChunk, "\r\n", last],
  "what is too large, then another": [keptPost(padded(200_001)), last],
  "a body that hides a request": [keptPost(body) + kept("DELETE /things/7"), last],
  "a body of a read": [`${kept("GET /things", "content-length: 5")}hello`, last],
  "a body of a read that is JSON": [`${kept("GET /things/7", json, length)}${body}`, last],
  "a body of a removal": [`${kept("DELETE /things/7", "content-length: 5")}hello`, last],
  "another after the last": [post(body), last]
}

const methods = named(
  "",
  ["HEAD /things", "HEAD /nothing", "HEAD /things/304", "HEAD /things/500", "HEAD /things/x"].concat([
    "OPTIONS /things",
    "OPTIONS *",
    "TRACE /things",
    "PUT /things",
    "get /things"
  ]),
  (line) => head(line)
)

const ways =
  "/things/ //things /things//7 /things/7/ /THINGS/7 /./things /x/../things /things/.. /things/%37 /things/7%2F8 " +
  "/things/%zz /things/%00 /things/%E2%82 /things/%2e%2e /things\\7 /things/7;x=1 /things/7%3Bx /things/0x7 " +
  "/things/7e0 /things/+7 /things/%207 /things/07 /things/-0 /things/9007199254740993 http://b/things/7?limit=3 * " +
  "/things/7?limit /things/7?=3 /things/7?%6Cimit=3 /things/7?LIMIT=3 /things/7?limit=%zz /things/7?limit=3#x " +
  "/things/7?limit=3?limit=4 /things/7?limit=3;limit=4 /things/7?limit= /things/7?limit=+3 /things/7?limit=%203 " +
  `/things/7?limit=3&& /things/7?limit=3&limit[]=4 /things/7?limit=3&__proto__=1 /things/${"7".repeat(2_000)}`
const paths = named("", ways.split(" "), (path) => head(`GET ${path}`))

const headers = {
  "a header twice": under(json, length, "x-size: 1", "x-size: 2"),
  "an empty header": under(json, length, "x-size: "),
  "a header that is no ASCII": under(json, length, "x-size: é"),
  "a folded header": head("GET /things", "x-size: 1\r\n 2"),
  "a blank before the colon": head("GET /things", "x-size : 1"),
  "two hosts": head("GET /things", "host: b"),
  "codings of a body": under(json, length, "content-encoding: identity, gzip"),
  "an empty coding of a body": under(json, length, "content-encoding: ")
}

const attacks: Readonly<Record<string, Readonly<Record<string, Sent>>>> = {
  lengths,
  media,
  texts,
  expectations,
  onOneConnection,
  methods,
  paths,
  headers
}

for (const [kind, requests] of Object.entries(attacks)) {
  it.effect(`${kind} that are forged get the answer of effect's own routes`, () =>
    Effect.gen(function* () {
      const names = Object.keys(requests)
      const [ours, theirs] = yield* Effect.all([
        answersOf(Contract.layer(Api), Object.values(requests)),
        answersOf(HttpApiBuilder.layer(Api), Object.values(requests))
      ])
      for (const [index, name] of names.entries()) assert.strictEqual(ours[index], theirs[index], name.slice(0, 100))
    })
  )
}

it.effect("a body of a request to upgrade is read: Node takes it for what follows the request", () =>
  Effect.gen(function* () {
    const [answer] = yield* answersOf(Contract.layer(Api), [upgrading(post(body))])
    assert.include(answer, "HTTP/1.1 201 Created\n")
  })
)

it.effect("a body that says that it is too large is refused before it is sent", () =>
  Effect.gen(function* () {
    const lengths = ["200001", "9007199254740993"]
    const forms = [["connection: close"], ["connection: close", "expect: 100-continue"]]
    const refused = yield* answersOf(
      Contract.layer(Api),
      lengths.flatMap((said) => forms.map((fields) => kept("POST /things", json, `content-length: ${said}`, ...fields)))
    )
    for (const answer of refused) {
      assert.notInclude(answer, "100 Continue")
      assert.include(answer, "HTTP/1.1 413 Payload Too Large\n")
      assert.include(answer, `"title":"Content Too Large"`)
    }
  })
)

it.effect("who sends a short body too slowly is told so, and not just cut off", () =>
  Effect.gen(function* () {
    const slow = [head("POST /things", json, length), body.slice(0, 9)]
    const time = Effect.forever(Effect.andThen(TestClock.adjust("1 minute"), nextTurn))
    const [answer] = yield* Effect.raceFirst(answersOf(Contract.layer(Api), [slow]), time)
    assert.include(answer, "HTTP/1.1 503 Service Unavailable\n")
    assert.include(answer, "retry-after: 1\n")
  })
)
