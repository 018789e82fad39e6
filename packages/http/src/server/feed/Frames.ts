/**
 * What the feed puts on the wire: server-sent events, each encoded once for however many streams.
 */
import { Envelope } from "@popug/core"

const utf8 = new TextEncoder()

/** An event under its number. JSON has no line breaks, so its data is one line. */
export const ofEvent = (company: string, event: Envelope.Envelope): Uint8Array =>
  utf8.encode(`id: ${event.number}\nevent: event\ndata: ${JSON.stringify(Envelope.toCloudEvent(company, event))}\n\n`)

/** A sign of life that says how far the stream has looked, so that a client resumes past what it may not see. */
export const ofHeartbeat = (position: number): Uint8Array =>
  utf8.encode(`id: ${position}\nevent: heartbeat\ndata: ${position}\n\n`)
