/**
 * popug's server: layers that turn a company into an HTTP API. `PopugHttp` is all of it; the parts (`Platform`,
 * `Validation`, `RateLimit`, `Authorization`, `Idempotency`) are for hosts with an API of their own.
 */
export * as Authorization from "./auth/authorization.ts"
export { Authentication } from "./auth/Authentication.ts"
export * as DevLogin from "./auth/DevLogin.ts"
export * as Oidc from "./auth/Oidc.ts"
export { DevClock } from "./DevClock.ts"
export { Wake } from "./feed/Wake.ts"
export * as Idempotency from "./idempotency.ts"
export { Drain, type DrainOptions } from "./platform/Drain.ts"
export * as NodeServer from "./platform/NodeServer.ts"
export * as Platform from "./platform/Platform.ts"
export { withoutPrefix } from "./prefix.ts"
export * as PopugHttp from "./PopugHttp.ts"
export * as RateLimit from "./rateLimit.ts"
export * as Validation from "./validation.ts"
