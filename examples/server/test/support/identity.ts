/**
 * An identity provider in this process: keys for the server to fetch, and tokens that outlive its restarts.
 */
import { generateKeyPairSync, sign } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

export const identity = async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const key = { ...publicKey.export({ format: "jwk" }), kid: "a", alg: "ES256", use: "sig" }
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [key] }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    settings: { POPUG_OIDC_ISSUER: issuer, POPUG_OIDC_AUDIENCE: "popug", POPUG_OIDC_JWKS_URL: `${issuer}/keys` },
    /** A token of a user, for an hour. */
    token: (user: string): string => {
      const now = Math.floor(Date.now() / 1000)
      const claims = { iss: issuer, aud: "popug", sub: user, iat: now, exp: now + 3600 }
      const text = `${encode({ alg: "ES256", kid: "a" })}.${encode(claims)}`
      const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" })
      return `${text}.${signature.toString("base64url")}`
    },
    close: () => server.close()
  }
}
