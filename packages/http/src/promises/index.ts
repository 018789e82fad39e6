/**
 * The client of popug over HTTP for programs without Effect, small enough for any page.
 */
export type { Options as PromiseOptions } from "./calling.ts"
export { HttpError, isProblem } from "./errors.ts"
export { development, platform, promises } from "./promises.ts"
export type {
  At,
  CallOptions,
  Development,
  Followed,
  FollowOptions,
  Page,
  Platform,
  Problem,
  ProblemOf,
  Promises,
  Sign
} from "./types.ts"
