import { Component, type ReactNode } from "react"
import { tell } from "../i18n/texts.ts"
import { $connection } from "../session/connection.ts"
import { Button } from "../ui/Button.tsx"
import { $newer } from "./newer.ts"
import "../ui/answer.css"

interface Props {
  /** Another view is another chance. */
  readonly view: string
  readonly children: ReactNode
}

interface State {
  readonly broken: boolean
  readonly view: string
}

/**
 * What is shown in place of a view that broke: a mistake of the page, or a part of it that could not be loaded. The
 * rest of the page stays. When the server was away and is back, or has another page by now, the page is loaded again:
 * what was typed is kept. To load the part alone would not do, since browsers remember that it was not there.
 */
export class Trouble extends Component<Props, State> {
  override state: State = { broken: false, view: this.props.view }
  #unfollow: ReadonlyArray<() => void> = []

  static getDerivedStateFromError(): Partial<State> {
    return { broken: true }
  }

  static getDerivedStateFromProps({ view }: Props, state: State): State | null {
    return view === state.view ? null : { broken: false, view }
  }

  override componentDidMount(): void {
    this.#unfollow = [
      $connection.listen(({ at }) => at === "back" && this.state.broken && window.location.reload()),
      $newer.listen((isNewer) => isNewer && this.state.broken && window.location.reload())
    ]
  }

  override componentDidUpdate(): void {
    if (this.state.broken && $newer.get()) window.location.reload()
  }

  override componentWillUnmount(): void {
    for (const unfollow of this.#unfollow) unfollow()
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children
    const isAway = $connection.get().at === "offline"
    return (
      <div className="answer-failed" role="alert">
        <p>{tell(isAway ? "state.offline" : "state.broken")}</p>
        {!isAway && <Button onClick={() => window.location.reload()}>{tell("state.reload")}</Button>}
      </div>
    )
  }
}
