import type { ButtonHTMLAttributes } from "react"

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: "usual" | "primary" | "grave" | "plain"
}

export const Button = ({ className = "", look = "usual", type = "button", ...rest }: Props) => (
  // oxlint-disable-next-line react/button-has-type
  <button {...rest} type={type} className={`button ${className}`} data-look={look} />
)
