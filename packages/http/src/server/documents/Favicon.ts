/**
 * The picture beside the page's name in a browser, which asks for it by this path whatever the page says.
 */
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** A parrot's head: one drawing for light and dark. */
const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
  '<path fill="#1a8f5a" d="M6 30V14a11 11 0 0 1 22 0c0 3-1 5-3 6l-4 2v8z"/>' +
  '<path fill="#d9730d" d="M17 13h11c0 6-3 9-8 10 1-4 0-7-3-10z"/>' +
  '<circle cx="15" cy="12" r="4" fill="#fff"/><circle cx="16" cy="12" r="1.8" fill="#1c2330"/></svg>'

export const path = "/favicon.ico"

export const layer = HttpRouter.add(
  "GET",
  path,
  HttpServerResponse.text(picture, { contentType: "image/svg+xml", headers: { "cache-control": "max-age=86400" } })
)
