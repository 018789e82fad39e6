/**
 * popug's server: layers that turn a company into an HTTP API.
 */
export { Authentication } from "./auth/Authentication.ts"
export * as DevLogin from "./auth/DevLogin.ts"
export * as Oidc from "./auth/Oidc.ts"
export { DevClock } from "./DevClock.ts"
export { Wake } from "./feed/Wake.ts"
export { Drain, type DrainOptions } from "./platform/Drain.ts"
export * as NodeServer from "./platform/NodeServer.ts"
export * as PopugHttp from "./PopugHttp.ts"
