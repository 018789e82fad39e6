/**
 * Where a request comes from.
 */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import ip from "ipaddr.js"

/**
 * The address of the caller: that of the socket, or with `trustedProxies` in front of the server the one that the
 * outermost of them saw. Each proxy appends to `X-Forwarded-For` who it got the request from; whatever stands further
 * to the left was written by the caller, and is not believed. A proxy may write a port behind the address, and brackets
 * around it; where it writes none (`unknown`), the proxy stands for all who came through it. `Forwarded` is not read:
 * callers can write it, and a proxy that sets the other passes it on.
 */
export const addressOf = (request: HttpServerRequest, trustedProxies: number): string => {
  const socket = Option.getOrElse(request.peerAddress, () => "unknown")
  const forwarded = request.headers["x-forwarded-for"]
  if (trustedProxies === 0 || forwarded === undefined) return socket
  const hops = forwarded.split(",")
  // Fewer hops than proxies: it came by another way.
  if (hops.length < trustedProxies) return socket
  for (const hop of hops.slice(hops.length - trustedProxies)) {
    const address = withoutPort(hop.trim())
    if (parse(address) !== undefined) return address
  }
  return socket
}

/** `203.0.113.7:51234`, `[2001:db8::7]:51234` and `[2001:db8::7]` without what is not the address. */
const withoutPort = (hop: string): string =>
  /^\[([^\]]*)\](?::\d{1,5})?$/u.exec(hop)?.[1] ?? /^([\d.]+):\d{1,5}$/u.exec(hop)?.[1] ?? hop

/**
 * Four decimal parts, or IPv6: not what else C libraries take for an address. An IPv4 address in IPv6 is the former.
 */
const parse = (address: string): ip.IPv4 | ip.IPv6 | undefined =>
  ip.IPv4.isValidFourPartDecimal(address) || ip.IPv6.isValid(address) ? ip.process(address) : undefined

/**
 * What one caller can hardly have many of: an IPv4 address, or the /64 of an IPv6 one, since whoever has one address of
 * a /64 can use all of them. What is no address counts as one caller.
 */
export const networkOf = (address: string): string => {
  const parsed = parse(address)
  if (parsed === undefined) return "unknown"
  if (parsed instanceof ip.IPv4) return parsed.toString()
  return `${new ip.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`
}
