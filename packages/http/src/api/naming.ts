/**
 * How problems are named: by what is wrong.
 */
import * as HttpApiError from "effect/http-api/HttpApiError"

/** `UserNotFound` as `user-not-found`. */
type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${Lowercase<First>}${Rest extends Uncapitalize<Rest> ? "" : "-"}${Kebab<Rest>}`
  : ""

/** A problem by its name, which its type says too: with its status, its title and its extension members. */
export const problem =
  <Self>() =>
  <const Name extends string, const Status extends number, const Fields extends Extension = {}>(
    name: Name,
    status: Status,
    title: string,
    fields?: Fields
  ) => {
    const kebab = name.replaceAll(/(?!^)[A-Z]/gu, "-$&").toLowerCase() as Kebab<Name>
    return HttpApiError.Problem<Self>()(name, { type: `urn:popug:problem:${kebab}` as const, status, title }, fields)
  }
type Extension = NonNullable<Parameters<ReturnType<typeof HttpApiError.Problem<unknown>>>[2]>
