import type { ReactNode } from "react"

/** A strip of figures under their names. */
export const Figures = ({ children, label }: { readonly label: string; readonly children: ReactNode }) => (
  <section aria-label={label}>
    <dl className="figures">{children}</dl>
  </section>
)

interface Props {
  readonly title: string
  readonly strong?: boolean
  readonly children: ReactNode
}

/** One of them; until it is known its place is kept. */
export const Figure = ({ children, strong, title }: Props) => (
  <div data-strong={strong}>
    <dt>{title}</dt>
    <dd>{children}</dd>
  </div>
)
