/**
 * How the page of a tape looks, in one style sheet without anything from elsewhere. Its colours are those of the inspector's page, light
 * and dark as the system is.
 */

export const tapePageStyle = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#ffffff, #14171c);
  --bg-raised: light-dark(#f6f7f9, #1b1f26);
  --bg-sunken: light-dark(#eef0f3, #101318);
  --bg-hover: light-dark(#eef3fb, #212834);
  --line: light-dark(#d9dde3, #2d333d);
  --text: light-dark(#1a1d21, #e4e7eb);
  --text-dim: light-dark(#565d68, #a0a8b4);
  --link: light-dark(#1a56b8, #82b1ff);
  --focus: light-dark(#1a56b8, #82b1ff);
  --bad: light-dark(#b3202c, #ff8a86);
  --state-initializing: light-dark(#805400, #e0b04a);
  --state-serving: light-dark(#17683a, #62c98a);
  --state-recovering: light-dark(#a04000, #f29a60);
  --state-shuttingDown: light-dark(#6440b0, #b8a2f2);
  --state-closed: light-dark(#565d68, #a0a8b4);
  --state-failed: light-dark(#b3202c, #ff8a86);
  --lane-client: light-dark(#1a56b8, #82b1ff);
  --lane-server: light-dark(#0b6b6b, #5ccaca);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 12px 16px 48px; max-width: 1200px;
  background: var(--bg); color: var(--text);
  font: 13px / 1.45 system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif;
  font-variant-numeric: tabular-nums;
}
h1 { font-size: 18px; margin: 4px 0; overflow-wrap: anywhere; }
h2 { font-size: 15px; margin: 28px 0 6px; }
p { margin: 4px 0; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
code, pre, .mono { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: 12px; }
.dim { color: var(--text-dim); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; background: var(--bg); padding: 4px 8px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin-top: 8px; }
th, td { padding: 4px 8px; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--text-dim); font-weight: 600; }
td.number, th.number { text-align: right; }
fieldset { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0 0; padding: 6px 10px; border: 1px solid var(--line); border-radius: 4px; }
legend { color: var(--text-dim); padding: 0 4px; }
label { display: inline-flex; align-items: center; gap: 4px; }
body:has(#show-request:not(:checked)) .row.request,
body:has(#show-response:not(:checked)) .row.response,
body:has(#show-notification:not(:checked)) .row.notification,
body:has(#show-other:not(:checked)) .row.other { display: none; }
.states { display: block; width: 100%; height: 8px; margin: 6px 0; border-radius: 4px; background: var(--bg-sunken); }
.state { font-weight: 600; }
.state-initializing { color: var(--state-initializing); fill: var(--state-initializing); }
.state-active-serving { color: var(--state-serving); fill: var(--state-serving); }
.state-active-recovering { color: var(--state-recovering); fill: var(--state-recovering); }
.state-shuttingDown { color: var(--state-shuttingDown); fill: var(--state-shuttingDown); }
.state-closed { color: var(--state-closed); fill: var(--state-closed); }
.state-failed { color: var(--state-failed); fill: var(--state-failed); }
.rows { margin: 0; padding: 0; list-style: none; }
.head, .row summary, .row > .bare {
  display: grid; grid-template-columns: 84px minmax(260px, 1fr) minmax(160px, 300px); gap: 0 12px; align-items: center; padding: 0 8px;
}
.head { position: sticky; top: 0; z-index: 1; background: var(--bg-raised); border-bottom: 1px solid var(--line); color: var(--text-dim); font-weight: 600; min-height: 26px; }
.head .ends { display: flex; justify-content: space-between; }
.head .ends :first-child { color: var(--lane-client); }
.head .ends :last-child { color: var(--lane-server); }
.row { content-visibility: auto; contain-intrinsic-size: auto 30px; }
.row summary { cursor: pointer; list-style: none; }
.row summary::-webkit-details-marker { display: none; }
.row summary:hover { background: var(--bg-hover); }
.row details[open] > summary { background: var(--bg-raised); }
.time { color: var(--text-dim); text-align: right; }
.lane { position: relative; align-self: stretch; min-height: 30px; padding: 2px 18px 7px; text-align: center; border: solid var(--lane-client); border-width: 0 0 0 2px; }
.lane::after { content: ''; position: absolute; inset: 0 0 0 auto; border-right: 2px solid var(--lane-server); }
.label { overflow-wrap: anywhere; }
.arrow { position: absolute; bottom: 5px; left: 2px; right: 4px; height: 0; border-top: 1.5px solid currentColor; }
.arrow::after { content: ''; position: absolute; top: -5px; border: solid transparent; border-width: 4px 7px; }
.to-server .arrow, .to-server .label { color: var(--lane-client); }
.to-server .arrow::after { right: -7px; border-left-color: currentColor; }
.to-client .arrow, .to-client .label { color: var(--lane-server); }
.to-client .arrow::after { left: -7px; border-right-color: currentColor; }
.response .arrow { border-top-style: dashed; }
.own.to-client .arrow { right: 50%; }
.own.to-server .arrow { left: 50%; }
.own .label { color: var(--text-dim); }
.other .label { color: var(--text); background: var(--bg-sunken); border-radius: 4px; padding: 1px 8px; }
.note { overflow-wrap: anywhere; padding: 3px 0; }
.bad { color: var(--bad); }
.inside { margin: 0 8px 8px 104px; padding: 6px 10px; border: 1px solid var(--line); border-radius: 4px; background: var(--bg-raised); }
.inside pre { margin: 4px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 60vh; overflow: auto; }
@media (max-width: 760px) {
  .head, .row summary, .row > .bare { grid-template-columns: 68px minmax(0, 1fr); }
  .head .what { display: none; }
  .note { grid-column: 2; padding: 0 18px 4px; }
  .note:empty { display: none; }
  .inside { margin-left: 8px; }
}
@media print { .row { content-visibility: visible; } .head { position: static; } }
`;
