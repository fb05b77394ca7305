import { html } from '../../markup.ts';

/** The page's style; colours in pairs, for a light and a dark system. */
export const sheet = html`
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e3e6ea); --quiet: light-dark(#57606a, #a0a8b2); --ground: light-dark(#fff, #15181c); --raised: light-dark(#f4f6f8, #1f242a); --line: light-dark(#d6dbe1, #3a424c); --accent: light-dark(#0b63b8, #6cb4ff); --error: light-dark(#b3261e, #ff8f85); }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1rem clamp(.75rem, 3vw, 2rem) 4rem; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.6rem; margin: .5rem 0 0; } h2 { font-size: 1.25rem; margin: 0 0 .75rem; } h3 { font-size: 1rem; margin: 0 0 .25rem; overflow-wrap: anywhere; } h3 small { font-weight: 400; color: var(--quiet); }
section { margin-top: 2.5rem; } p { max-width: 70ch; margin: .25rem 0 .75rem; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.quiet { color: var(--quiet); } .failure { border-inline-start: .25rem solid var(--error); padding-inline-start: .75rem; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11.5rem), 1fr)); gap: .75rem; margin: 1rem 0; }
.figures div { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.figures dt { color: var(--quiet); } .figures dd { margin: 0; font-size: .85rem; color: var(--quiet); } .figures .value { font-size: 1.75rem; line-height: 1.3; font-weight: 650; color: var(--ink); font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 2rem 3rem; align-items: start; }
.charts > * { min-width: 0; }
.tables { display: flex; flex-wrap: wrap; column-gap: 4rem; }
.scrolling { overflow-x: auto; max-width: 100%; margin: 0 0 1.5rem; }
table { border-collapse: collapse; font-size: .9rem; } caption { text-align: start; padding-bottom: .5rem; color: var(--quiet); max-width: 62ch; }
.scrolling caption { position: sticky; inset-inline-start: 0; max-width: min(62ch, calc(100vw - 2rem)); }
th, td { padding: .3rem .55rem; border-bottom: 1px solid var(--line); text-align: start; vertical-align: baseline; } thead th { font-weight: 600; vertical-align: bottom; white-space: nowrap; } tbody th, tfoot th { font-weight: 500; }
.number, thead th { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; } thead th:first-child, .sortable thead th:nth-child(2) { text-align: start; }
.sortable tbody th { white-space: nowrap; } tfoot tr:first-child > * { border-top: 2px solid var(--line); }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-decoration: underline dotted; text-underline-offset: .2em; }
th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
.confusion td { border: 1px solid var(--line); min-width: 3rem; background: color-mix(in srgb, var(--heat) calc(var(--share) * .45), transparent); --heat: var(--error); } .confusion td.right { --heat: var(--accent); outline: 2px solid var(--accent); outline-offset: -2px; font-weight: 650; }
figure { margin: 0 0 2rem; } figcaption { margin-bottom: .75rem; color: var(--quiet); } figcaption strong { color: var(--ink); }
svg { display: block; width: 100%; max-width: 36rem; overflow: visible; font: 13px system-ui, sans-serif; fill: var(--ink); } svg:not(.wide) { height: auto; max-width: 30rem; }
svg .full text { font-weight: 650; } .figure { font-variant-numeric: tabular-nums; fill: var(--quiet); paint-order: stroke; stroke: var(--ground); stroke-width: 3; stroke-linejoin: round; } .full .figure { fill: var(--ink); } .tick, .axis, .faint { fill: var(--quiet); } .faint { font-size: 11px; }
.grid { stroke: var(--line); } .contour { fill: none; stroke: var(--quiet); stroke-opacity: .5; stroke-dasharray: 2 3; } .reference { stroke: var(--accent); stroke-dasharray: 6 4; } .interval { stroke: var(--accent); stroke-width: 3; stroke-opacity: .55; } .curve { fill: none; stroke: var(--accent); stroke-width: 1.5; }
.dot { fill: var(--accent); stroke: var(--ground); stroke-width: 1.5; } .ring { fill: var(--ground); stroke: var(--accent); stroke-width: 2; } .track { fill: var(--raised); } .bar { fill: var(--accent); }
.legend mark { padding-inline: .4em; } .legend { display: flex; flex-wrap: wrap; gap: .5rem 1rem; list-style: none; padding: .25rem; margin: 0; }
article { border-top: 1px solid var(--line); padding: 1.25rem 0; }
.pair { --row: 2.3rem; --period: calc(2 * var(--row) + .6rem); display: grid; margin: .75rem 0 1rem; background: repeating-linear-gradient(transparent 0 var(--row), var(--raised) var(--row) calc(2 * var(--row)), transparent calc(2 * var(--row)) var(--period)); }
.pair p { grid-area: 1 / 1; position: relative; max-width: none; margin: 0; padding-inline: 4.25rem .5rem; line-height: var(--period); white-space: pre-wrap; overflow-wrap: anywhere; }
.pair .gold { top: calc((var(--row) - var(--period)) / 2); } .pair .predicted { top: calc((3 * var(--row) - var(--period)) / 2); }
.pair .side { position: absolute; inset-inline-start: .5rem; font-size: .7rem; color: var(--quiet); user-select: none; }
mark { color: inherit; --edge: light-dark(hsl(var(--hue, 0) 55% 42%), hsl(var(--hue, 0) 55% 62%)); --pad: calc((var(--height, 1) - 1) * .2em + .1em); background: light-dark(hsl(var(--hue, 0) 75% 90%), hsl(var(--hue, 0) 45% 22%)); border-block: 1px solid var(--edge); padding-block: var(--pad); }
mark { --start: 0px; --end: 0px; --turn: 1; box-shadow: inset calc(var(--turn) * var(--start)) 0 0 var(--edge), inset calc(var(--turn) * var(--end)) 0 0 var(--edge); } mark.first { --start: 2px; } mark.last { --end: -2px; } mark:dir(rtl) { --turn: -1; }
mark small, .other { font-size: .7rem; font-weight: 600; padding-inline: .35em .25em; white-space: nowrap; line-height: 0; unicode-bidi: plaintext; } .other { visibility: hidden; }
.errors { padding-inline-start: 1.5rem; margin: 0; font-size: .92rem; } .errors li { margin-bottom: .35rem; overflow-wrap: anywhere; } .stage { border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .6rem; background: var(--raised); font-size: .85em; margin-inline: .25rem; white-space: nowrap; }
summary { cursor: pointer; color: var(--accent); width: fit-content; } details dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .25rem 0 .75rem; font-size: .9rem; } details dd { margin: 0; min-width: 0; overflow-wrap: anywhere; } details dt { color: var(--quiet); } details p { margin: .5rem 0 0; }
pre { overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; font-size: .9rem; } .manifest code { white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 30rem) { th, td { padding-inline: .35rem; } details dl { grid-template-columns: 1fr; } details dd { padding-inline-start: 1rem; } }
`;
