/**
 * What the settings say of HTTP, for a server of one company and of many.
 */
import { Dashboard } from "@popug/dashboard"
import type { Oidc } from "@popug/http/server"
import { items, pairs } from "./kinds.ts"
import type { Settings } from "./settings.ts"

/** How a token's subject becomes a user. */
export const signIn = (settings: Settings) => ({
  types: items(settings.POPUG_OIDC_TYPES) as ReadonlyArray<Oidc.TokenType>,
  claim: settings.POPUG_OIDC_CLAIM,
  identitiesOnly: settings.POPUG_OIDC_IDENTITIES_ONLY,
  provision: settings.POPUG_OIDC_PROVISION ? { nameClaim: settings.POPUG_OIDC_NAME_CLAIM } : undefined,
  roles:
    settings.POPUG_OIDC_ROLES_CLAIM === undefined || settings.POPUG_OIDC_ROLES === undefined
      ? undefined
      : { claim: settings.POPUG_OIDC_ROLES_CLAIM, map: rolesOf(settings.POPUG_OIDC_ROLES) },
  otherwise: items(settings.POPUG_OIDC_ROLES_OTHERWISE)
})

/** How one signs in to the page. */
export const signInToPage = (settings: Settings): Dashboard.SignIn => {
  if (settings.POPUG_DEV_LOGIN) return { by: "development" }
  const clientId = settings.POPUG_OIDC_CLIENT_ID
  if (clientId === undefined) return { by: "nobody" }
  return {
    by: "oidc",
    issuer: settings.POPUG_OIDC_ISSUER!,
    clientId,
    scope: settings.POPUG_OIDC_SCOPE,
    parameters: Object.fromEntries(
      settings.POPUG_OIDC_PARAMETERS === undefined ? [] : pairs(settings.POPUG_OIDC_PARAMETERS)
    )
  }
}

/** The roles that each word stands for. */
const rolesOf = (words: string): Record<string, ReadonlyArray<string>> => {
  const map = new Map<string, Array<string>>()
  for (const [word, role] of pairs(words)) {
    map.set(word, [...(map.get(word) ?? []), role])
  }
  return Object.fromEntries(map)
}

/** The provider whose tokens are accepted. */
export const oidc = (settings: Settings): Oidc.Options => ({
  issuer: settings.POPUG_OIDC_ISSUER!,
  audience: settings.POPUG_OIDC_AUDIENCE!,
  jwksUri: settings.POPUG_OIDC_JWKS_URL,
  algorithms: items(settings.POPUG_OIDC_ALGORITHMS) as ReadonlyArray<Oidc.Algorithm>,
  ...signIn(settings)
})

/** How many requests one caller gets. */
export const limits = (settings: Settings) => ({
  perUser: settings.POPUG_RATE_LIMIT || null,
  perAddress: settings.POPUG_RATE_LIMIT_ADDRESS || null,
  trustedProxies: settings.POPUG_TRUSTED_PROXIES
})

/** What a process takes of requests and of those who follow its feed. */
export const intake = (settings: Settings) => ({
  limits: limits(settings),
  feed: {
    perUser: settings.POPUG_FEEDS,
    perAddress: settings.POPUG_FEEDS_ADDRESS,
    total: settings.POPUG_FEEDS_TOTAL
  },
  maxBodySize: settings.POPUG_BODY_LIMIT
})

/** What a process that browsers reach says to them, and the page. */
export const outside = (settings: Settings, isOfMany = false) => ({
  origins: settings.POPUG_CORS_ORIGINS === undefined ? [] : items(settings.POPUG_CORS_ORIGINS),
  security: settings.POPUG_HSTS ? { hsts: "365 days" as const } : {},
  front: Dashboard.front({ signIn: signInToPage(settings), isOfMany })
})

/** What stands around requests, whichever company they are for. */
export const around = (settings: Settings, isOfMany = false) => ({
  ...intake(settings),
  ...outside(settings, isOfMany)
})
