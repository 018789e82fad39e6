/**
 * Files that are asked for with the session's token, which a link could not carry.
 */
export interface Stream {
  readonly body: AsyncIterable<Uint8Array>
  readonly headers: { readonly "content-disposition"?: string }
}

/** Gives the browser a file to save. */
export const saveFile = (name: string, parts: ReadonlyArray<BlobPart>): void => {
  const url = URL.createObjectURL(new Blob([...parts]))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
