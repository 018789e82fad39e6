/**
 * How long after it was given a token shall be renewed, in seconds: a quarter of its life before the end, a minute at
 * most.
 */
export const renewAfter = (lifetime: number): number => Math.max(0, lifetime - Math.min(60, lifetime / 4))
