/**
 * What one context asks of another where they run apart: the ports of the core, answered by other services over HTTP.
 * Those services answer with `ServicesHttp` of `@popug/http/server`.
 */
export { Bell, type HomeOptions, type Listener } from "../bell/Bell.ts"
export { heads, type HeadsOptions } from "./heads.ts"
export * as Peer from "./Peer.ts"
export * as PollingBus from "./PollingBus.ts"
export { Polls, type PollsOptions } from "./Polls.ts"
export * as RemoteEventLog from "./RemoteEventLog.ts"
export * as Remote from "./Remote.ts"
export { ServicesApi } from "../api/services/ServicesApi.ts"
export type { Grant } from "../api/services/middleware.ts"
export type { CompanyStream, News, StreamEnd } from "../api/services/Wire.ts"
