/**
 * A look at the provider that nobody sees: it answers by leading back to the page's own address, or wants to ask
 * something and stays where it is.
 */

/** Milliseconds for an answer, and for the next step after one that led nowhere yet. */
const patience = 10_000
const step = 2_000

/** Where a frame is, as far as one may know: of other origins it is nobody's business. */
const placeOf = (frame: HTMLIFrameElement): URL | undefined => {
  try {
    return new URL(frame.contentWindow!.location.href)
  } catch {
    return undefined
  }
}

/** The address that the provider leads to from another, if it is below `back`; null if it does not lead there. */
export const askedUnseen = (address: string, back: string): Promise<URL | null> =>
  new Promise((resolve) => {
    const frame = document.createElement("iframe")
    frame.hidden = true
    frame.title = "popug"
    const end = (answer: URL | null) => {
      clearTimeout(waiting)
      frame.remove()
      resolve(answer)
    }
    let waiting = setTimeout(() => end(null), patience)
    frame.addEventListener("load", () => {
      const place = placeOf(frame)
      if (place?.href.startsWith(back) === true) return end(place)
      clearTimeout(waiting)
      waiting = setTimeout(() => end(null), step)
    })
    frame.src = address
    document.body.append(frame)
  })
