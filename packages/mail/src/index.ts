/**
 * popug's notices as mail.
 */
export * as Mail from "./Mail.ts"
