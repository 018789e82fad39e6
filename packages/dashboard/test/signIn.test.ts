import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { renewAfter } from "../src/page/session/oidc/renewAfter.ts"
import { documentOf, policyOf } from "../src/server/document.ts"
import { providerOf } from "../src/server/provider.ts"

const signIn = { by: "oidc", issuer: "https://id.example/realm", clientId: "popug-page" } as const
const provider = {
  issuer: signIn.issuer,
  authorization_endpoint: "https://login.example/auth",
  token_endpoint: "https://tokens.example/token"
}
const partsOf = (policy: string) => policy.split("; ").filter((part) => /^(?:connect|frame)-/u.test(part))

it("lets the page ask its server and the provider alone, whatever origins that has", () => {
  expect(partsOf(policyOf({ by: "development" }, undefined))).toEqual(["connect-src 'self'", "frame-ancestors 'none'"])
  expect(partsOf(policyOf(signIn, provider))).toEqual([
    "connect-src 'self' https://id.example https://tokens.example",
    "frame-src 'self' https://login.example",
    "frame-ancestors 'none'"
  ])
  expect(partsOf(policyOf(signIn, undefined))).toEqual([
    "connect-src 'self' https://id.example",
    "frame-src 'self' https://id.example",
    "frame-ancestors 'none'"
  ])
})

it("tells the page how people sign in, in data that ends nothing", () => {
  const told = documentOf("<head></head>", {
    prefix: "/a&b",
    signIn: { ...signIn, scope: "openid </script>" },
    provider,
    now: 5
  })
  expect(told).toContain('<base href="/a&amp;b/" />')
  const text = /<script[^>]*>(.*)<\/script>/u.exec(told)![1]!
  expect(text).not.toContain("<")
  expect(JSON.parse(text)).toEqual({ signIn: { ...signIn, scope: "openid </script>" }, provider, now: 5 })
})

it("tells the page which company it is only where the server has many", () => {
  const toldOf = (company?: string | null) => {
    const told = documentOf("<head></head>", {
      prefix: "",
      signIn: { by: "nobody" },
      provider: undefined,
      now: 5,
      ...(company === undefined ? {} : { company })
    })
    return JSON.parse(/<script[^>]*>(.*)<\/script>/u.exec(told)![1]!)
  }
  expect(toldOf()).not.toHaveProperty("company")
  expect(toldOf("acme")).toMatchObject({ company: "acme" })
  expect(toldOf(null)).toMatchObject({ company: null })
})

it("renews some time before the end", () => {
  expect([4, 120, 300, 3_600, 0].map(renewAfter)).toEqual([3, 90, 240, 3_540, 0])
})

it.each(["token", "javascript:alert(1)", "https://"])("takes no provider whose endpoint is %s", async (endpoint) => {
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: endpoint }))
  )
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // The page asks for itself then, and says what is wrong; a document there is.
  expect(await Effect.runPromise(Effect.flatten(providerOf(issuer)))).toBeUndefined()
  server.close()
  server.closeAllConnections()
})
