const paths = {
  tasks: "M4 6h1m3 0h8M4 10h1m3 0h8M4 14h1m3 0h5",
  account: "M3 6.5h14v9H3zM3 9.5h14M13.5 12.5h1",
  accounts: "M10 3v14M6.5 16.5h7M5 6.5h10M5 6.5l-2.2 5h4.4zM15 6.5l-2.2 5h4.4z",
  periods: "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3M13 3v3",
  audit: "M5 3h7l3.5 3.5V17H5zM7.5 9.5h5M7.5 12.5h5",
  analytics: "M4 16.5V10M8 16.5V5M12 16.5V8M16 16.5v-4",
  operator: "M3 10h3l2-5 3.5 10 2-5H17",
  people:
    "M7.5 9a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM2.8 16c.3-2.8 2.2-4.4 4.7-4.4s4.4 1.600 4.700 4.400M13 9.200a2.200 2.200 0 1 0 0-4.400M14 11.800c1.900.300 3 1.700 3.200 4",
  search: "M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM13 13l4 4",
  download: "M10 3v10M6 9.500l4 4 4-4M4 16.500h12",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.500 2",
  plus: "M10 4v12M4 10h12",
  check: "M4.500 10.500l3.500 3.500 7.500-8",
  shuffle:
    "M3 6h3c4 0 4 8 8 8h3m-2.500-2.500L17 14l-2.500 2.500M3 14h3c1.500 0 2.400-1 3-2.300M11 8.300C11.700 7 12.500 6 14 6h3m-2.500-2.500L17 6l-2.500 2.500",
  close: "M5.500 5.500l9 9m0-9l-9 9",
  previous: "M12 5l-5 5 5 5",
  next: "M8 5l5 5-5 5",
  edit: "M4 16l.8-3.200L13.300 4.300a1.500 1.500 0 0 1 2.100 0l.300.300a1.500 1.500 0 0 1 0 2.100L7.200 15.200z",
  keys: "M3 5.500h14v9H3zM5.800 8.500h.01M8.600 8.500h.01M11.400 8.500h.01M14.200 8.500h.01M7 11.700h6",
  alert: "M10 3.500l7 12.500H3zM10 8v3.500M10 13.800v.01"
} as const
export type IconName = keyof typeof paths

/** A picture beside words, never in place of them for those who do not see it. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg
    className="icon"
    width="18"
    height="18"
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={paths[name]} />
  </svg>
)
