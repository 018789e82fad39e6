/**
 * `fetch` as a page of another origin has it: what needs asking is asked first, and nothing is read that the server
 * does not show to pages of that origin (the Fetch standard, CORS protocol).
 */
const simpleHeaders = new Set(["accept", "accept-language", "content-language"])
const simpleTypes = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/u
const readable = new Set([
  "cache-control",
  "content-language",
  "content-length",
  "content-type",
  "expires",
  "last-modified",
  "pragma"
])

const listed = (header: string | null) => (header ?? "").split(",").map((name) => name.trim().toLowerCase())

const refuse = (reason: string): never => {
  throw new TypeError(`Failed to fetch: ${reason}`)
}

const allows = (response: Response, origin: string): boolean =>
  response.headers.get("access-control-allow-origin") === origin &&
  listed(response.headers.get("vary")).includes("origin")

/** The `fetch` of a page. */
export const fetchFrom =
  (origin: string): typeof globalThis.fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    const unusual = [...request.headers.keys()].filter((name) =>
      name === "content-type" ? !simpleTypes.test(request.headers.get(name)!) : !simpleHeaders.has(name)
    )
    if (unusual.length > 0 || !["GET", "HEAD", "POST"].includes(request.method)) {
      const preflight = await fetch(request.url, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": request.method,
          "access-control-request-headers": unusual.sort().join(",")
        }
      })
      if (!preflight.ok || !allows(preflight, origin)) refuse("the preflight is refused")
      const methods = listed(preflight.headers.get("access-control-allow-methods"))
      if (!methods.includes(request.method.toLowerCase())) refuse(`${request.method} is not allowed`)
      const names = listed(preflight.headers.get("access-control-allow-headers"))
      for (const name of unusual) if (!names.includes(name)) refuse(`${name} is not allowed`)
    }
    const headers = new Headers(request.headers)
    headers.set("origin", origin)
    const response = await fetch(input, { ...init, headers })
    if (!allows(response, origin)) refuse(`the answer ${response.status} is not for this origin`)
    const exposed = new Set(listed(response.headers.get("access-control-expose-headers")))
    const shown = [...response.headers].filter(([name]) => readable.has(name) || exposed.has(name))
    return new Response(response.body, {
      status: response.status,
      statusText: response.statusText,
      headers: shown
    })
  }
