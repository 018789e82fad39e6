/**
 * The typed client of popug over HTTP.
 */
export { Client, development, type Options, type Token } from "./Client.ts"
export { follow, type Followed, type FollowError, type FollowOptions, followWith } from "./follow.ts"
export { platform } from "./platform.ts"
export { type At, type Page, pages } from "./pages.ts"
export { Problem } from "../api/index.ts"
