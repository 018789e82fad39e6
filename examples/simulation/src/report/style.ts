/** The look of the HTML report: light and dark, wide and narrow, on screen and on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1c2330; --soft: #5b6675; --line: #dfe3e8; --grid: #e9ecf0;
  --earnings: #5b4bd6; --fees: #1f77c9; --awards: #d9730d; --payouts: #1a8f5a; --red: #cf2f3f; --created: #1f77c9;
  --assigned: #8a94a3; --done: #1a8f5a; --wash: #5b4bd61a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151b; --card: #1b2029; --ink: #e7ebf1; --soft: #9aa6b6; --line: #2d3440; --grid: #272e39;
    --earnings: #9d90ff; --fees: #5aa9f0; --awards: #f2994a; --payouts: #4cc38a; --red: #ff6b78; --created: #5aa9f0;
    --assigned: #8391a5; --done: #4cc38a; --wash: #9d90ff26;
  }
}
* { box-sizing: border-box }
body {
  margin: 0 auto; max-width: 1280px; padding: 24px 20px 48px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { font-size: 26px; line-height: 1.25; margin: 0 }
h2 { font-size: 16px; margin: 0 0 2px }
header p, .hint { color: var(--soft); margin: 2px 0 0 }
.hint { font-size: 13px; margin: 0 0 10px }
.grid { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); margin-top: 16px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; min-width: 0 }
.wide { grid-column: 1 / -1 }
.cards { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); margin-top: 18px }
.cards div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px }
.cards dt { color: var(--soft); font-size: 13px }
.cards dd { margin: 0; font-size: 21px; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.cards small { display: block; color: var(--soft); font-size: 12px; font-weight: 400 }
.bar { display: flex; flex-wrap: wrap; gap: 12px 20px; align-items: end; justify-content: space-between }
.choice { display: inline-flex; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; background: var(--card) }
.choice button { all: unset; padding: 5px 14px; cursor: pointer; font-size: 14px; color: var(--soft) }
.choice button + button { border-left: 1px solid var(--line) }
.choice button[aria-pressed=true] { background: var(--wash); color: var(--ink); font-weight: 600 }
.choice button:focus-visible, summary:focus-visible { outline: 2px solid var(--earnings); outline-offset: -2px }
.scroll { position: relative; overflow-x: auto; max-height: 520px; overflow-y: auto }
table { border-collapse: collapse; width: 100%; font-size: 14px }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
th, td { padding: 5px 10px 5px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: baseline }
thead th { font-weight: 600; color: var(--soft); font-size: 13px; position: sticky; top: 0; background: var(--card) }
tbody th { font-weight: 400 }
tfoot th, tfoot td { font-weight: 650; border-bottom: 0 }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
th:last-child, td:last-child { padding-right: 2px }
.date { white-space: nowrap; font-variant-numeric: tabular-nums }
/* A word is broken when it is longer than this alone; a table too wide for the page scrolls. */
.title { overflow-wrap: anywhere; min-width: 8em }
.minus { color: var(--red) }
.share { width: 60%; padding-left: 10px }
.share i { display: block; height: 14px; border-radius: 3px; background: var(--earnings) }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0 }
.facts dt { color: var(--soft) }
.facts dd { margin: 0; overflow-wrap: anywhere }
pre { background: var(--page); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; overflow-x: auto; margin: 12px 0 0; font-size: 13px }
details { margin-top: 12px }
summary { cursor: pointer; color: var(--soft) }
.chart { min-height: 250px }
.u-legend { font-size: 13px; color: var(--soft); text-align: left; font-variant-numeric: tabular-nums }
.u-legend .u-value { min-width: 72px; display: inline-block; text-align: left }
.u-legend tr, .u-legend th, .u-legend td { border: 0 }
.u-legend th { font-weight: 400 }
.u-inline tr { margin-right: 6px }
.u-select { background: var(--wash) }
.u-over:focus-visible { outline: 2px solid var(--earnings) }
@media print { .choice, .hint, summary { display: none } .card { break-inside: avoid } .scroll { max-height: none } }
`
