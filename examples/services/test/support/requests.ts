/**
 * Requests as people of the demonstration company send them, and what they wait for.
 */

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  readonly json: any
}

export interface Asked {
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const tokens = new Map<string, string>()

/** Asks as somebody, who is logged in once, or has a token of their own. */
export const requests = (url: string, own?: (user: string) => string) => {
  const send = async (method: string, path: string, { as, body, headers }: Asked = {}): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      signal: AbortSignal.timeout(60_000),
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(as === undefined ? {} : { authorization: `Bearer ${await tokenOf(as)}` }),
        ...headers
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) }
  }
  const tokenOf = async (user: string): Promise<string> => {
    if (own !== undefined) return own(user)
    const known = tokens.get(`${url} ${user}`)
    if (known !== undefined) return known
    const { json } = await send("POST", "/dev/login", { body: { user } })
    tokens.set(`${url} ${user}`, json.token)
    return json.token
  }
  return {
    tokenOf,
    get: (path: string, as = "anna") => send("GET", path, { as }),
    post: (path: string, body: unknown = {}, as = "masha", headers = {}) => send("POST", path, { as, body, headers })
  }
}

/** Asks until the answer is what is waited for. */
export const until = async <A>(ask: () => Promise<A>, isIt: (answer: A) => boolean, within = 30_000): Promise<A> => {
  const end = performance.now() + within
  while (true) {
    const answer = await ask()
    if (isIt(answer)) return answer
    if (performance.now() > end) throw new Error(`it did not come to it: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
