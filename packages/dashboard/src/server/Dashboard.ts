/**
 * The page in front of popug's API: what `PopugHttp.layer` takes as its `front`. Files with a digest in their name
 * never change and are kept by browsers for ever; the document that names them is asked for each time.
 */
import { readdir, readFile } from "node:fs/promises"
import { extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Front, Prefix, prefixHere } from "@popug/http/server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { type Coding, codingOf } from "./coding.ts"
import { documentOf, policyOf, returned, type SignIn } from "./document.ts"
import { providerOf } from "./provider.ts"

export type { SignIn } from "./document.ts"

export interface Options {
  /** How people sign in: as the server lets them. */
  readonly signIn: SignIn
  /** Whether the server has many companies, so that the page says which one it shows; default: false. */
  readonly isOfMany?: boolean | undefined
  /**
   * The package's folder `built`, where it is not beside the package's code: of a server that is bundled into one file.
   */
  readonly built?: string | undefined
}

/** The views that the page has, as it names them in its addresses. */
export const views = [
  "/",
  "/tasks",
  "/tasks/:id",
  "/account",
  "/accounts",
  "/accounts/:owner",
  "/periods",
  "/periods/:period",
  "/audit",
  "/audit/journal",
  "/audit/trial-balance",
  "/audit/verification",
  "/analytics",
  "/operator",
  "/people",
  "/people/:id",
  "/sign-in"
] as const

/** Where the provider sends people back to. */
const callback = "/sign-in/callback"

/** The same place from the sources and from the package as it is published. */
const besideCode = fileURLToPath(new URL("../../built/", import.meta.url))

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml"
}

/** A file in the forms in which it is sent. */
type Asset = Readonly<Record<Coding, Uint8Array>> & { readonly type: string }

interface Files {
  readonly document: string
  readonly assets: ReadonlyMap<string, Asset>
}

/** The page as it was built: a few hundred kilobytes, read once. */
const filesOf = async (built: string): Promise<Files> => {
  const folder = join(built, "assets")
  const names = (await readdir(folder)).filter((name) => extname(name) in types)
  const read = (name: string) => readFile(join(folder, name))
  const all = names.map(async (name): Promise<[string, Asset]> => {
    const [identity, br, gzip] = await Promise.all([read(name), read(`${name}.br`), read(`${name}.gz`)])
    return [name, { type: types[extname(name)]!, identity, br, gzip }]
  })
  return { document: await readFile(join(built, "index.html"), "utf8"), assets: new Map(await Promise.all(all)) }
}

const missing = (built: string, cause: unknown): Error =>
  new Error(`popug's page is not in ${built}: the package has it in "built", and npm run page makes it in a checkout`, {
    cause
  })

const forEver = "public, max-age=31536000, immutable"

const sent = (asset: Asset, { headers }: HttpServerRequest.HttpServerRequest) => {
  const coding = codingOf(headers["accept-encoding"] ?? "")
  return HttpServerResponse.setBody(
    HttpServerResponse.empty({
      status: 200,
      headers: {
        "cache-control": forEver,
        vary: "accept-encoding",
        ...(coding === "identity" ? {} : { "content-encoding": coding })
      }
    }),
    HttpBody.uint8Array(asset[coding], asset.type)
  )
}

const html = (text: string, policy: string) =>
  HttpServerResponse.text(text, {
    contentType: "text/html; charset=utf-8",
    headers: { "cache-control": "no-store", "content-security-policy": policy }
  })

/** The document, for whoever asks for it. */
const documents = Effect.fnUntraced(function* (written: string, { isOfMany = false, signIn }: Options) {
  const prefix = yield* Prefix
  const known = signIn.by === "oidc" ? yield* providerOf(signIn.issuer) : Effect.undefined
  return Effect.gen(function* () {
    const here = yield* prefixHere(prefix)
    if (here === undefined) return HttpServerResponse.empty({ status: 404 })
    const provider = yield* known
    const now = yield* Clock.currentTimeMillis
    const { company = null } = yield* HttpRouter.params
    const told = { prefix: here, signIn, provider, now, ...(isOfMany ? { company } : {}) }
    return html(documentOf(written, told), policyOf(signIn, provider))
  })
})

/** The page; `front` of `PopugHttp.layer`. */
export const front = (options: Options): Front => ({
  paths: [...views, callback, "/assets/:name"],
  routes: HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const { built = besideCode } = options
      const files = yield* Effect.orDie(
        Effect.tryPromise({ try: () => filesOf(built), catch: (cause) => missing(built, cause) })
      )
      const document = yield* documents(files.document, options)
      for (const view of views) yield* router.add("GET", view, document)
      yield* router.add(
        "GET",
        callback,
        Effect.gen(function* () {
          const { headers } = yield* HttpServerRequest.HttpServerRequest
          return headers["sec-fetch-dest"] === "iframe" ? html(returned.text, returned.policy) : yield* document
        })
      )
      yield* router.add(
        "GET",
        "/assets/:name",
        Effect.gen(function* () {
          const { name } = yield* HttpRouter.params
          const asset = files.assets.get(name ?? "")
          if (asset === undefined) return HttpServerResponse.empty({ status: 404 })
          return sent(asset, yield* HttpServerRequest.HttpServerRequest)
        })
      )
    })
  )
})
