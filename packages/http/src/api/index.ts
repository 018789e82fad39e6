/**
 * The contract of popug over HTTP, without any server in it.
 */
export { Api, DevelopmentApi } from "./Api.ts"
export * as Problem from "./problems.ts"
export { Authorization, CommandKey, CurrentActor, Idempotency, RateLimit, Validation } from "./middleware.ts"
export * as View from "./views.ts"
export { FeedMessage } from "./events.ts"
export { Amount } from "./wire.ts"
