/**
 * Replays recorded commands through a company.
 */
export * as Replay from "./Replay.ts"
export * as Trace from "./Trace.ts"
