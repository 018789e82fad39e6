/**
 * An identity provider on this machine, as companies have them: `oidc-provider`, with a login page of one field. What
 * it knows can be lost, and its tokens be short-lived.
 */
import { generateKeyPairSync } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { type Adapter, type AdapterPayload, type Configuration, Provider } from "oidc-provider"
import type { Page } from "playwright-core"

export const clientId = "popug-page"
export const audience = "urn:popug:api"

type Storage = Map<string, AdapterPayload>

/** Everything in one map, so that it can be lost at once. */
const adapter =
  (kept: Storage) =>
  (model: string): Adapter => {
    const keyOf = (id: string) => `${model}:${id}`
    const ofModel = () => [...kept].filter(([key]) => key.startsWith(keyOf("")))
    return {
      upsert: async (id, payload) => void kept.set(keyOf(id), payload),
      find: async (id) => kept.get(keyOf(id)),
      findByUid: async (uid) => ofModel().find(([, payload]) => payload.uid === uid)?.[1],
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = kept.get(keyOf(id))
        if (payload !== undefined) payload["consumed"] = Math.floor(Date.now() / 1_000)
      },
      destroy: async (id) => void kept.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, payload] of ofModel()) if (payload.grantId === grantId) kept.delete(key)
      }
    }
  }

/** How the provider is, which a test changes. */
interface Mood {
  /** Seconds that access tokens are good for. */
  lifetime: number
  /** Whether pages get refresh tokens. */
  refresh: boolean
}

const configuration = (kept: Storage, mood: Mood): Configuration => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return {
    adapter: adapter(kept) as never,
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "a", alg: "ES256", use: "sig" } as never] },
    cookies: { keys: ["a key of the browser's tests"] },
    clientBasedCORS: (_context, origin, client) =>
      client.redirectUris?.some((uri) => uri.startsWith(`${origin}/`)) ?? false,
    // What is known of people is in the ID token too, as most providers have it.
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], profile: ["name"] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} of the provider` }) }),
    // Nobody is asked whether the company's own page may know who they are.
    loadExistingGrant: async ({ oidc: { client, provider, session } }) => {
      const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! })
      grant.addOIDCScope("openid profile")
      grant.addResourceScope(audience, "")
      await grant.save()
      return grant
    },
    // Of a server of many companies, the one that tokens are for.
    extraTokenClaims: () => ({ org: "acme" }),
    issueRefreshToken: () => mood.refresh,
    interactions: { url: (_context, { uid }) => `/login/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource: (context, form) => {
          context.body = `<!doctype html><title>Out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Sign out here</button>`
        }
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: "",
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: mood.lifetime,
          jwt: { sign: { alg: "ES256" } }
        })
      }
    },
    ttl: { Session: 3_600, Grant: 3_600, Interaction: 600, IdToken: 600, RefreshToken: 3_600 }
  }
}

const loginPage =
  '<!doctype html><title>Sign in</title><form method="post"><label>Name <input name="login" autofocus></label>' +
  '<button>Sign in</button> <button name="cancel" value="yes">Cancel</button></form>'

const bodyOf = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let text = ""
  for await (const piece of request) text += String(piece)
  return new URLSearchParams(text)
}

/** Whoever says who they are is taken at their word. */
const login = async (provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (request.method !== "POST") return void response.setHeader("content-type", "text/html").end(loginPage)
  const said = await bodyOf(request)
  await provider.interactionFinished(
    request,
    response,
    said.has("cancel")
      ? { error: "access_denied", error_description: "turned back" }
      : { login: { accountId: said.get("login") ?? "" } }
  )
}

export const startProvider = async () => {
  const kept: Storage = new Map()
  const mood: Mood = { lifetime: 600, refresh: true }
  const asked: Array<string> = []
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split("?")[0]}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, configuration(kept, mood))
  const rest = provider.callback()
  answer = (request, response) => {
    if (request.url?.startsWith("/login/") === true) void login(provider, request, response)
    else void rest(request, response)
  }
  return {
    issuer,
    mood,
    /** What was asked of it, by method and path. */
    asked,
    /** Knows the page at an address from now on. */
    register: (url: string) =>
      kept.set(`Client:${clientId}`, {
        client_id: clientId,
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        redirect_uris: [`${url}/sign-in/callback`],
        post_logout_redirect_uris: [`${url}/sign-in`],
        id_token_signed_response_alg: "ES256"
      }),
    /** Forgets everybody who is signed in, and what was given to them. */
    forget: () => {
      for (const key of kept.keys()) if (!key.startsWith("Client:")) kept.delete(key)
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}

/** Says at the provider who one is. */
export const sayWho = async (page: Page, name: string): Promise<void> => {
  await page.getByLabel("Name").fill(name)
  await page.getByRole("button", { name: "Sign in" }).click()
}
