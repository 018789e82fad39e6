/** The parrot of popug. */
export const Logo = ({ size = 26 }: { readonly size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <path fill="#1a8f5a" d="M6 30V14a11 11 0 0 1 22 0c0 3-1 5-3 6l-4 2v8z" />
    <path fill="#d9730d" d="M17 13h11c0 6-3 9-8 10 1-4 0-7-3-10z" />
    <circle cx="15" cy="12" r="4" fill="#fff" />
    <circle cx="16" cy="12" r="1.8" fill="#1c2330" />
  </svg>
)
