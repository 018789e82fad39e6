/**
 * popug's server: layers that turn a company into an HTTP API. `PopugHttp` is all of it; the parts (`Platform`,
 * `Validation`, `RateLimit`, `Authorization`, `Idempotency`) are for hosts with an API of their own.
 */
export * as ContextHttp from "./ContextHttp.ts"
export * as Contract from "./contract/Contract.ts"
export * as Authorization from "./guard/auth/Authorization.ts"
export { Authentication } from "./guard/auth/Authentication.ts"
export * as DevLogin from "./development/DevLogin.ts"
export * as Oidc from "./guard/auth/Oidc.ts"
export { DevClock } from "./development/DevClock.ts"
export { Wake } from "./feed/Wake.ts"
export * as Idempotency from "./guard/Idempotency.ts"
export { Drain, type DrainOptions } from "./platform/Drain.ts"
export type { Front } from "./documents/Front.ts"
export * as Gateway from "./gateway/Gateway.ts"
export * as NodeServer from "./platform/NodeServer.ts"
export * as Platform from "./platform/Platform.ts"
export { Prefix, withoutPrefix } from "./wire/Prefix.ts"
export * as PopugHttp from "./PopugHttp.ts"
export * as RateLimit from "./guard/RateLimit.ts"
export * as Validation from "./guard/Validation.ts"
