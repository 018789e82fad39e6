/**
 * popug's ports on PGlite: Postgres inside the process.
 */
export * as Pglite from "./Pglite.ts"
