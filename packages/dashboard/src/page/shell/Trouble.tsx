import { Component, type ReactNode } from "react"
import { tell } from "../i18n/texts.ts"
import { Button } from "../ui/Button.tsx"
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
 * rest of the page stays, and what was typed is there after loading it again.
 */
export class Trouble extends Component<Props, State> {
  override state: State = { broken: false, view: this.props.view }

  static getDerivedStateFromError(): Partial<State> {
    return { broken: true }
  }

  static getDerivedStateFromProps({ view }: Props, state: State): State | null {
    return view === state.view ? null : { broken: false, view }
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children
    return (
      <div className="answer-failed" role="alert">
        <p>{tell("state.broken")}</p>
        <Button onClick={() => window.location.reload()}>{tell("state.reload")}</Button>
      </div>
    )
  }
}
