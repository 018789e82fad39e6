/**
 * popug's page, to be served in front of its API.
 */
export * as Dashboard from "./Dashboard.ts"
