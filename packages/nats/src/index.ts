/**
 * popug's event bus on NATS JetStream.
 */
export * as Nats from "./Nats.ts"
