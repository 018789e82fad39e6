/**
 * How much of popug's server is switched on: each variant has what those before it have.
 */
export const variants = ["around", "compression", "JWT", "rate limit", "core"] as const
export type Variant = (typeof variants)[number]
