/**
 * What runs in the report's page: draws its charts with uPlot from the data embedded in it, and the long table of days
 * once somebody opens it.
 */
export const script = String.raw`
const data = JSON.parse(document.getElementById("data").textContent)
const scale = 10 ** data.digits
const money = (text) => Number(text) / scale
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 })
const exact = new Intl.NumberFormat("en-US", { minimumFractionDigits: data.digits, maximumFractionDigits: data.digits })
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim()

/** The days by day, week or month: flows are summed, states are those at the end. */
const startOf = {
  day: (time) => time,
  week: (time) => time - ((new Date(time * 1000).getUTCDay() + 6) % 7) * 86400,
  month: (time) => { const date = new Date(time * 1000); return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000 }
}
const flows = ["fees", "awards", "payouts", "earnings", "created", "assigned", "done"]
const grouped = (by) => {
  const out = { time: [], inTheRed: [], total: [] }
  for (const flow of flows) out[flow] = []
  let last, total = 0
  for (let i = 0; i < data.time.length; i++) {
    const start = startOf[by](data.time[i])
    if (start !== last) {
      out.time.push(start)
      for (const flow of flows) out[flow].push(0)
      out.inTheRed.push(0)
      out.total.push(0)
      last = start
    }
    const at = out.time.length - 1
    for (const flow of flows) out[flow][at] += flow in data.money ? money(data.money[flow][i]) : data[flow][i]
    total += money(data.money.earnings[i])
    out.total[at] = total
    out.inTheRed[at] = data.inTheRed[i]
  }
  return out
}

const line = (label, name, more) => ({ label, stroke: colour(name), width: 1.75, points: { show: false }, ...more })
const bars = (label, name, more) =>
  line(label, name, { width: 0, fill: colour(name) + "b0", paths: uPlot.paths.bars({ size: [0.82, 64] }), ...more })
const area = (label, name, more) => line(label, name, { fill: colour(name) + "2e", ...more })
const axis = (more) => ({
  stroke: colour("soft"), font: "12px system-ui, sans-serif", size: 58, gap: 6,
  grid: { stroke: colour("grid"), width: 1 }, ticks: { stroke: colour("line"), width: 1, size: 5 }, ...more
})
/** How dates are written below a chart, from the coarsest to the finest. */
const dates = [
  [31536000, "{YYYY}", null, null, null, null, null, null, 1],
  [2419200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [86400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM}", null, null, null, null, null, 1]
]
const numbers = (self, values) => values.map((value) => short.format(value))
const amount = { value: (self, value) => (value == null ? "" : exact.format(value)) }
const count = { value: (self, value) => (value == null ? "" : whole.format(value)) }
const date = { value: (self, time) => (time == null ? "" : new Date(time * 1000).toISOString().slice(0, 10)) }
const rightHand = { side: 1, scale: "total", grid: { show: false }, values: numbers }

/** Ranges that hold zero; on the right at the same height as on the left, so that bars and lines share it. */
const range = (low, high) => uPlot.rangeNum(Math.min(0, low ?? 0), Math.max(1, high ?? 1), 0.1, true)
const left = (self, low, high) => range(low, high)
const right = (self, low, high) => {
  const [bottom, top] = range(low, high)
  const [from, to] = self.series[0].idxs ?? [0, self.data[0].length - 1]
  const seen = self.data[1].slice(from, to + 1)
  const [min, max] = range(seen.reduce((a, b) => Math.min(a, b), 0), seen.reduce((a, b) => Math.max(a, b), 0))
  if (min >= 0) return [bottom, top]
  const share = min / max
  return bottom < top * share ? [bottom, bottom / share] : [top * share, top]
}

const charts = {
  earnings: (rows) => [
    [rows.time, rows.earnings, rows.total],
    [bars("Earnings", "fees", amount), line("Earnings so far", "earnings", { ...amount, scale: "total", width: 2.25 })],
    [{ values: numbers }, rightHand]
  ],
  money: (rows) => [
    [rows.time, rows.fees, rows.awards, rows.payouts],
    [line("Fees", "fees", amount), line("Awards", "awards", amount), line("Payouts", "payouts", amount)],
    [{ values: numbers }]
  ],
  red: (rows) => [[rows.time, rows.inTheRed], [area("In the red", "red", count)], [{ values: numbers }]],
  tasks: (rows) => [
    [rows.time, rows.created, rows.done, rows.assigned],
    [
      line("Created", "created", count), line("Done", "done", count),
      line("Assigned (right)", "assigned", { ...count, scale: "total", dash: [4, 3] })
    ],
    [{ values: numbers }, rightHand]
  ]
}

/** Where the pointer is nowhere, the legend shows the last values: nothing there is ever without a value. */
const showLast = (self) => {
  const last = self.data[0].length - 1
  if (last >= 0) self.setLegend({ idx: last })
}

let drawn = []
let by = data.by
const draw = () => {
  if (data.time.length === 0) return
  for (const chart of drawn) chart.destroy()
  const rows = grouped(by)
  drawn = Object.entries(charts).map(([id, make]) => {
    const element = document.getElementById(id)
    const [values, series, axes] = make(rows)
    const half = rows.time.length > 1 ? (rows.time[1] - rows.time[0]) / 2 : 43200
    const [first, last] = [rows.time[0], rows.time.at(-1)]
    return new uPlot(
      {
        width: element.clientWidth, height: Math.max(240, Math.min(340, element.clientWidth * 0.42)),
        tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
        scales: {
          // Whole bars at both ends, unless somebody looks closer.
          x: { range: (self, low, high) => (low === first && high === last ? [low - half, high + half] : [low, high]) },
          y: { range: left },
          total: { range: right }
        },
        series: [{ label: by === "day" ? "Day" : by === "week" ? "Week of" : "Month of", ...date }, ...series],
        axes: [axis({ size: 38, space: 64, values: dates }), ...axes.map(axis)],
        cursor: { sync: { key: "days" }, points: { size: 7 } },
        hooks: { setLegend: [(self) => { if (self.legend.idx == null) showLast(self) }], ready: [showLast] }
      },
      values,
      element
    )
  })
  for (const button of document.querySelectorAll("[data-by]")) {
    button.setAttribute("aria-pressed", String(button.dataset.by === by))
  }
}
draw()

for (const button of document.querySelectorAll("[data-by]")) {
  button.addEventListener("click", () => { by = button.dataset.by; draw() })
}
let width = innerWidth
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; draw() } })
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw)

/** Every day as a row, made when it is first opened. */
const all = document.getElementById("all-days")
all?.addEventListener("toggle", () => {
  const body = all.querySelector("tbody")
  if (body.childElementCount > 0) return
  const cell = (kind, text, className) => {
    const element = document.createElement(kind)
    element.textContent = text
    element.className = className
    return element
  }
  const decimal = (text) => {
    const digits = text.replace("-", "").padStart(data.digits + 1, "0")
    const plain = data.digits === 0 ? digits : digits.slice(0, -data.digits) + "." + digits.slice(-data.digits)
    return exact.format((text.startsWith("-") ? "-" : "") + plain)
  }
  const rows = document.createDocumentFragment()
  data.time.forEach((time, i) => {
    const row = document.createElement("tr")
    const heading = cell("th", new Date(time * 1000).toISOString().slice(0, 10), "date")
    heading.scope = "row"
    row.append(heading)
    for (const flow of ["created", "assigned", "done"]) row.append(cell("td", whole.format(data[flow][i]), "n"))
    for (const flow of ["fees", "awards", "earnings", "payouts"]) {
      const text = data.money[flow][i]
      row.append(cell("td", decimal(text), text.startsWith("-") ? "n minus" : "n"))
    }
    row.append(cell("td", whole.format(data.inTheRed[i]), "n"))
    rows.append(row)
  })
  body.append(rows)
})
`
