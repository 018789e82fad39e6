/** The form in which a file is sent. */
export type Coding = "br" | "gzip" | "identity"

const refused = /;\s*q=0(?:\.0*)?\s*$/u

/** The smallest form that an `Accept-Encoding` takes (RFC 9110, 12.5.3). */
export const codingOf = (header: string): Coding => {
  const taken = new Set(
    header.split(",").flatMap((part) => (refused.test(part) ? [] : [part.split(";")[0]!.trim().toLowerCase()]))
  )
  return taken.has("br") ? "br" : taken.has("gzip") ? "gzip" : "identity"
}
