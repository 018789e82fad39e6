/** The script that a document begins with: its name has the digest of the whole page. */
export const scriptOf = (html: string): string | undefined => /<script[^>]+src="[^"]*?([^"/]+\.js)"/u.exec(html)?.[1]
