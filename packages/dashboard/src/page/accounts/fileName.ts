/** The name of a file that a `Content-Disposition` tells. */
export const nameIn = (header: string | undefined): string | undefined => {
  const name = /filename="([^"/\\]+)"/u.exec(header ?? "")?.[1]
  return name === undefined || name === "" ? undefined : name
}
