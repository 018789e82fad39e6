/** The parrot of popug; `favicon.svg` is the same. */
export const Logo = ({ size = 26 }: { readonly size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <path fill="#0b6b4a" d="M9 5C7 3.500 6.500 2 7 .5c2.500.500 5 1.500 6.500 3z" />
    <path fill="#14915f" d="M3 32V15.500C3 8 9 2.500 16.200 2.500 23 2.500 28 7 28.800 13H20c-2 4-1 8 0 10v9z" />
    <path fill="#0b6b4a" d="M3 32v-9c5 0 9 3.500 10 9z" />
    <path fill="#fff" d="M21.500 11a6 6 0 1 0-4.500 7.700c0-3 1.500-6 4.500-7.700z" />
    <path
      fill="#f28a2e"
      d="M19.500 11.500c5-2.500 10-1 10.500 5 .300 3.500-1.500 6-4 7.500.500-3-1-5-3.500-5.500-2-.500-3.500-3-3-7z"
    />
    <circle cx="15.500" cy="12.800" r="2.100" fill="#14231d" />
  </svg>
)
