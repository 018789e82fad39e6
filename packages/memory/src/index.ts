/**
 * popug's ports in memory.
 */
export * as HostileBus from "./HostileBus.ts"
export * as Memory from "./Memory.ts"
