/**
 * Short words about what just happened, read out to those who do not see them. What needs an answer stays until it has
 * one.
 */
import { useStore } from "@nanostores/react"
import { atom } from "nanostores"
import { Icon } from "./Icon.tsx"
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
  $notices.set([...$notices.get().slice(-2), { id, kind, text }])
  if (kind === "done") setTimeout(() => dismiss(id), shownFor)
}

export const Notices = ({ close }: { readonly close: string }) => {
  const list = useStore($notices)
  return (
    <div className="notices" role="status">
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
