/**
 * `npm run dev`: the page from its sources, drawn anew as they change, in front of the server that `npm start` runs.
 */
import type { Plugin, ServerOptions } from "vite"

const api = process.env["POPUG_URL"] ?? "http://127.0.0.1:3000"

/** What is not the page's own is the server's. */
export const beforeServer: ServerOptions = {
  host: "127.0.0.1",
  port: 5173,
  proxy: Object.fromEntries(
    ["/v1", "/dev", "/docs", "/openapi.json", "/livez", "/readyz"].map((path) => [path, { target: api }])
  )
}

/**
 * The document with where it is, as a server says it. It has no policy, since Vite has scripts of its own in it, and
 * people sign in by the development login.
 */
export const served = (): Plugin => ({
  name: "popug:served",
  apply: "serve",
  transformIndexHtml: (html) => html.replace("<head>", `<head>\n    <base href="/" />`)
})
