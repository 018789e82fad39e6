/**
 * The client without Effect: async functions over `fetch`, for browsers and for Node, which throw the problems.
 */
import { answerOf, type Call, calling, type Options, type Request } from "./calling.ts"
import { endpoints, platform as ofPlatform } from "./endpoints.ts"
import { follow } from "./follow.ts"
import type { Endpoint } from "./reading.ts"
import type { At, CallOptions, Development, FollowOptions, Page, Platform, Promises } from "./types.ts"

const methodsOf = (call: Call, group: Readonly<Record<string, Endpoint>>) =>
  Object.fromEntries(
    Object.entries(group).map(([name, endpoint]) => [
      name,
      async (request: Request = {}, options: CallOptions = {}) =>
        answerOf(endpoint, await call(endpoint, request, options), options)
    ])
  )

/** `const popug = promises({ baseUrl, token })`, then `await popug.tasks.create({ payload: { title } })`. */
export const promises = (options: Options): Promises => {
  const call = calling(options)
  const groups = Object.entries(endpoints).map(([name, group]) => [name, methodsOf(call, group)])
  return {
    ...(Object.fromEntries(groups) as object),
    follow: (what: FollowOptions, { signal }: CallOptions = {}) => follow(call, what, { signal }),
    rows
  } as unknown as Promises
}

/** What a development server has besides: logging in as anybody. It needs no token. */
export const development = (options: Omit<Options, "token">): Development =>
  methodsOf(calling({ ...options, token: "" }), endpoints.development) as unknown as Development

/** The companies of a server of many, for its operator: `token` is theirs. */
export const platform = (options: Options): Platform => methodsOf(calling(options), ofPlatform) as unknown as Platform

async function* rows<Row>(list: (at: At) => Promise<Page<Row>>): AsyncGenerator<Row> {
  for (let at: At | undefined = {}; at !== undefined;) {
    const { data, nextCursor }: Page<Row> = await list(at)
    yield* data
    at = nextCursor === null ? undefined : { cursor: nextCursor }
  }
}
