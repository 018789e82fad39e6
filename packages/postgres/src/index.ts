/**
 * popug's ports on Postgres.
 */
export * as Postgres from "./Postgres.ts"
