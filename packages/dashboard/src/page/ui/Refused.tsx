import type { ReactNode } from "react"
import "./refused.css"

/** Why something could not be done, where it was asked for; nothing as long as there is nothing to say. */
export const Refused = ({ children }: { readonly children: ReactNode }) =>
  children === undefined || children === "" ? null : (
    <p role="alert" className="refused">
      {children}
    </p>
  )
