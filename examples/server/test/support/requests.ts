/**
 * Requests to a server, as any client makes them.
 */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test expects of it is the test's matter
  readonly json: any
}

export interface Options {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** `request("GET http://127.0.0.1:3000/v1/tasks", { token })` */
export const request = async (line: string, { body, headers, token }: Options = {}): Promise<Answer> => {
  const [method, url] = line.split(" ")
  const response = await fetch(url!, {
    method: method!,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get("content-type") ?? "")
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

/** A token of the development login. */
export const login = async (url: string, user: string): Promise<string> =>
  (await request(`POST ${url}/dev/login`, { body: { user } })).json.token

/** What holds of every company whatever has happened: the books balance, and are what the record says. */
export const proof = async (url: string, token: string) => {
  const [balance, verification] = await Promise.all([
    request(`GET ${url}/v1/billing/trial-balance`, { token }),
    request(`GET ${url}/v1/billing/verification`, { token })
  ])
  return { total: balance.json.total.amount, difference: verification.json.difference, ...verification.json }
}

/** All of a list, page by page. */
export const all = async (url: string, token: string): Promise<ReadonlyArray<{ readonly id: string }>> => {
  const rows: Array<{ readonly id: string }> = []
  for (let cursor: string | null = ""; cursor !== null;) {
    const { json }: Answer = await request(`GET ${url}?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`, { token })
    rows.push(...json.data)
    cursor = json.nextCursor
  }
  return rows
}

/** Looks until something is so; the test's time limit ends it. */
export const waitFor = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}
