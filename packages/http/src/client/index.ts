/**
 * The typed client of popug over HTTP.
 */
export { Client, development, type Options, type Token } from "./Client.ts"
export { follow, type Followed, type FollowError, type FollowOptions, followWith } from "./follow.ts"
export { type At, type Page, pages } from "./pages.ts"
export { promises, type PromiseOptions, type Promises } from "./promises.ts"
export { Problem } from "../api/index.ts"
