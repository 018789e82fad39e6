import type { AnchorHTMLAttributes, MouseEvent, Ref } from "react"
import { go, href, type Query } from "./address.ts"

interface Props extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  readonly to: string
  readonly query?: Query
  readonly ref?: Ref<HTMLAnchorElement>
}

/** A link within the page. With a key held it opens elsewhere, as any link. */
export const Link = ({ onClick, query, to, ...rest }: Props) => {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0
    if (event.defaultPrevented || elsewhere) return
    event.preventDefault()
    go(to, query)
  }
  return <a {...rest} href={href(to, query)} onClick={follow} />
}
