/**
 * What the feed puts on the wire: server-sent events, each encoded once for however many streams. Their ids are
 * positions: a client that comes back with one learns whether the log is still the same.
 */
import { Envelope, Position } from "@popug/core"

const utf8 = new TextEncoder()

/** An event under its position. JSON has no line breaks, so its data is one line. */
export const ofEvent = (company: string, position: Position.Position, event: Envelope.Envelope): Uint8Array => {
  const data = JSON.stringify(Envelope.toCloudEvent(company, event))
  return utf8.encode(`id: ${Position.format(position)}\nevent: event\ndata: ${data}\n\n`)
}

/** A sign of life that says how far the stream has looked, so that a client resumes past what it may not see. */
export const ofHeartbeat = (position: Position.Position): Uint8Array =>
  utf8.encode(`id: ${Position.format(position)}\nevent: heartbeat\ndata: ${position.number}\n\n`)

/** A word that tasks which the viewer may not see went from somebody to somebody else: from the viewer, maybe. */
export const ofReassigned = (position: Position.Position): Uint8Array =>
  utf8.encode(`id: ${Position.format(position)}\nevent: reassigned\ndata: ${position.number}\n\n`)
