/**
 * Short words about what just happened, read out to those who do not see them. What needs an answer stays until it has
 * one.
 */
import { useStore } from "@nanostores/react"
import { atom } from "nanostores"
import { onFarewell } from "../session/session.ts"
import { Icon } from "./Icon.tsx"
import { useOnTop } from "./onTop.ts"
import "./notices.css"

interface Notice {
  readonly id: number
  readonly kind: "done" | "told" | "refused"
  readonly text: string
}

const $notices = atom<ReadonlyArray<Notice>>([])
const shownFor = 6_000
let last = 0

const dismiss = (id: number): void => $notices.set($notices.get().filter((notice) => notice.id !== id))

export const notify = (kind: Notice["kind"], text: string): void => {
  const id = ++last
  // The same again, as of one try after another, is said once.
  const others = $notices.get().filter((notice) => notice.text !== text)
  $notices.set([...others.slice(-2), { id, kind, text }])
  if (kind === "done") setTimeout(() => dismiss(id), shownFor)
}

onFarewell(() => $notices.set([]))

export const Notices = ({ close }: { readonly close: string }) => {
  const list = useStore($notices)
  const element = useOnTop(list.length === 0 ? undefined : list)
  return (
    <div ref={element} className="notices" role="status" popover="manual">
      {list.map(({ id, kind, text }) => (
        <p key={id} data-kind={kind}>
          <Icon name={kind === "done" ? "check" : "alert"} />
          <span>{text}</span>
          <button type="button" className="close" aria-label={close} onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  )
}
