/**
 * popug's server: layers that turn a company into an HTTP API. `PopugHttp` is all of it; the parts (`Platform`,
 * `Validation`, `RateLimit`, `Authorization`, `Idempotency`) are for hosts with an API of their own.
 */
// What a process serves: one company, many, one context, other services, or the address in front.
export * as PopugHttp from "./PopugHttp.ts"
export * as CompaniesHttp from "./CompaniesHttp.ts"
export * as ContextHttp from "./ContextHttp.ts"
export * as ServicesHttp from "./services/ServicesHttp.ts"
export { type Offer, Offers } from "./services/Offers.ts"
export { type Credential, ServiceKeysError } from "./services/ServiceKeys.ts"
export * as Gateway from "./gateway/Gateway.ts"

// Who is let in.
export * as Oidc from "./guard/auth/Oidc.ts"
export * as DevLogin from "./development/DevLogin.ts"

// What it stands on: the process, its news, its page, its clock.
export * as NodeServer from "./platform/NodeServer.ts"
export { Drain, type DrainOptions } from "./platform/Drain.ts"
export { Bell, type HomeOptions, type Listener } from "../bell/Bell.ts"
export type { Front } from "./documents/Front.ts"
export { DevClock } from "./development/DevClock.ts"

// Parts, for APIs of a host's own.
export * as Platform from "./platform/Platform.ts"
export * as Contract from "./contract/Contract.ts"
export * as Validation from "./guard/Validation.ts"
export { Authentication } from "./guard/auth/Authentication.ts"
export * as Authorization from "./guard/auth/Authorization.ts"
export * as RateLimit from "./guard/RateLimit.ts"
export * as Idempotency from "./guard/Idempotency.ts"
export { Prefix, prefixHere, withoutPrefix } from "./wire/Prefix.ts"
