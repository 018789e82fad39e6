/**
 * An identity provider on 127.0.0.1: its keys over HTTP, and tokens signed with them, good and bad.
 */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Jose from "jose"

export const audience = "popug-test"

/** What a token says, and how it is signed; by default it holds for a user for five minutes. */
export interface TokenOptions {
  readonly issuer?: string
  readonly audience?: string | ReadonlyArray<string>
  /** Seconds from now. */
  readonly expiresIn?: number
  readonly issuedIn?: number
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Partial<Jose.JWTHeaderParameters>
  readonly key?: Jose.CryptoKey | Uint8Array
}

export class Issuer extends Context.Service<
  Issuer,
  {
    readonly url: string
    readonly jwksUri: string
    /** A token of a user; `options.claims` win, and what they set to undefined is left out. */
    readonly token: (subject: string, options?: TokenOptions) => Effect.Effect<string>
    /** The public key, as PEM: what a confused verifier would take for a secret. */
    readonly publicPem: string
    readonly publicJwk: Jose.JWK
    /** How often the keys were asked for. */
    readonly asked: () => number
    /** Has the provider answer with a status, 200 being its keys again; null hangs up. */
    readonly answer: (status: number | null) => void
    /** Publishes a new key besides, for an algorithm, and signs with it from now on. */
    readonly rotate: (algorithm?: string) => Effect.Effect<void>
    /** Answers discovery under another name. */
    readonly pretend: (name: string) => void
  }
>()("@popug/http/test/Issuer") {}

const make = Effect.gen(function* () {
  const generate = (kid: string, alg = "ES256") =>
    Effect.promise(async () => {
      const pair = await Jose.generateKeyPair(alg, { extractable: true })
      const jwk = { ...(await Jose.exportJWK(pair.publicKey)), kid, use: "sig" }
      return { alg, ...pair, jwk, pem: await Jose.exportSPKI(pair.publicKey) }
    })
  const first = yield* generate("first")
  const keys = [first]
  let asked = 0
  let status: number | null = 200
  let name: string | undefined

  const server = yield* Effect.acquireRelease(
    Effect.callback<Http.Server>((resume) => {
      const listener = Http.createServer((request, response) => {
        const discovery = request.url === "/.well-known/openid-configuration"
        if (!discovery) asked += 1
        if (status === null) return void request.destroy()
        response.writeHead(status, { "content-type": "application/json", connection: "close" })
        response.end(
          JSON.stringify(
            discovery ? { issuer: name ?? url(), jwks_uri: `${url()}/jwks` } : { keys: keys.map(({ jwk }) => jwk) }
          )
        )
      })
      const url = () => `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
      listener.listen(0, "127.0.0.1", () => resume(Effect.succeed(listener)))
    }),
    (listener) =>
      Effect.callback<void>((resume) => {
        listener.closeAllConnections()
        listener.close(() => resume(Effect.void))
      })
  )
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const token = Effect.fnUntraced(function* (subject: string, options: TokenOptions = {}) {
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1_000)
    const newest = keys.at(-1)!
    const payload = {
      iss: options.issuer ?? url,
      aud: options.audience ?? audience,
      sub: subject,
      iat: now + (options.issuedIn ?? 0),
      exp: now + (options.expiresIn ?? 300),
      ...options.claims
    }
    return yield* Effect.promise(() =>
      new Jose.SignJWT(JSON.parse(JSON.stringify(payload)))
        .setProtectedHeader({ alg: newest.alg, kid: newest.jwk.kid, ...options.header })
        .sign(options.key ?? newest.privateKey)
    )
  })

  return Issuer.of({
    url,
    jwksUri: `${url}/jwks`,
    token,
    publicPem: first.pem,
    publicJwk: first.jwk,
    asked: () => asked,
    answer: (next) => void (status = next),
    rotate: (algorithm) => Effect.map(generate(`key-${keys.length}`, algorithm), (pair) => void keys.push(pair)),
    pretend: (other) => void (name = other)
  })
})

export const layer: Layer.Layer<Issuer> = Layer.effect(Issuer, make)
