/**
 * The typed client of popug over HTTP.
 */
export { Client, development, type Options } from "./Client.ts"
export { Problem } from "../api/index.ts"
