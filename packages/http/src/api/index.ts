/**
 * The contract of popug over HTTP, without any server in it.
 */
export { Api, DevelopmentApi } from "./Api.ts"
export { HostApi } from "./HostApi.ts"
export { type Answering, answering, type ContextName, contexts } from "./contexts.ts"
export * as Problem from "./Problem.ts"
export { Authorization, CommandKey, CurrentActor, Idempotency, Operator, RateLimit, Validation } from "./middleware.ts"
export * as View from "./View.ts"
export { FeedMessage } from "./Events.ts"
export { Amount } from "./wire.ts"
