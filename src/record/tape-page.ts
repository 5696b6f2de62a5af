/**
 * A tape as one page of HTML that needs nothing else: sessions with their states, and what passed as a sequence diagram. There is no script
 * on it, and it allows none; whatever peers wrote is text there.
 */

import { createHash } from 'node:crypto';
import type { SessionState } from '../session/outcomes.ts';
import { indentedJson } from './indented-json.ts';
import { escapedMarkup } from './markup.ts';
import type { EventLine, OpenedLine, SentFact } from './tape-format.ts';
import type { ExportOptions } from './tape-har.ts';
import { tapePageStyle } from './tape-page-style.ts';
import { settledText, spent, timeText, whatText } from './tape-text.ts';
import type { LoadedTape } from './tape-travel.ts';
import { type ReadEventLine, type TapedSession, subjectOf } from './taped-sessions.ts';

/** Browsers show so much well; the rest is for `tape show`. */
export const pageRowsMax = 20_000;

/** Of one message. */
const charactersMax = 100_000;

/** The page in pieces. @param name of the tape, for its title. */
export function* tapePage(
  { header }: Pick<LoadedTape, 'header'>,
  sessions: readonly TapedSession[],
  { name, hide }: ExportOptions & { readonly name: string },
): Generator<string, void> {
  const style = createHash('sha256').update(tapePageStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`;
  const begun = new Date(header.wallTime).toISOString();
  const origin = header.process === undefined ? '' : `${header.process.command} in front of ${header.process.server}, `;
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapedMarkup(name)}</title>
<style>${tapePageStyle}</style>
</head>
<body>
<a class="skip" href="#sessions">To the sessions</a>
<h1>${escapedMarkup(name)}</h1>
<p class="dim">${escapedMarkup(`${origin}begun ${begun}, taped by ninelives ${header.ninelives}`)}</p>
<div class="scroll"><table id="sessions">
<thead><tr><th>Session</th><th>Transport</th><th class="number">Requests</th><th>Outcomes</th><th class="number">Lasted</th><th>Ended</th></tr></thead>
<tbody>
${sessions.map(sessionRow).join('')}</tbody>
</table></div>
<fieldset><legend>Show</legend>
${shown.map(([kind, label]) => `<label><input type="checkbox" id="show-${kind}" checked> ${label}</label>`).join('\n')}
</fieldset>
`;
  const room = { rows: pageRowsMax };
  for (const session of sessions) yield* sessionPart(session, header.now, hide, room);
  yield '</body>\n</html>\n';
}

const shown = [
  ['request', 'requests'],
  ['response', 'responses'],
  ['notification', 'notifications'],
  ['other', 'everything else'],
] as const;

function sessionRow(session: TapedSession): string {
  const { opened, ended, exchanges } = session;
  const outcomes = new Map<string, number>();
  for (const { outcome = 'waiting' } of exchanges) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const cells = [
    `<td><a href="#session-${session.session}">${escapedMarkup(titleOf(session))}</a></td>`,
    `<td>${escapedMarkup(opened?.transportType ?? '')}</td>`,
    `<td class="number">${exchanges.length}</td>`,
    `<td>${[...outcomes].map(([outcome, count]) => `<span${outcome === 'result' ? '' : ' class="bad"'}>${outcome} ${count}</span>`).join(', ')}</td>`,
    `<td class="number">${opened === undefined || ended === undefined ? '' : spent(ended.line.at - opened.at)}</td>`,
    `<td>${escapedMarkup(ended?.line.reason ?? 'not on this tape')}</td>`,
  ];
  return `<tr>${cells.join('')}</tr>\n`;
}

const titleOf = ({ session, opened }: { readonly session: number; readonly opened: OpenedLine | undefined }): string =>
  `${session}${opened === undefined ? '' : `  ${opened.id}`}`;

function* sessionPart(
  session: TapedSession,
  from: number,
  hide: ExportOptions['hide'],
  room: { rows: number },
): Generator<string, void> {
  const methods = new Map(
    session.exchanges.flatMap(({ answer, request }) => (answer === undefined ? [] : [[answer.number, request.method]])),
  );
  yield `<section aria-labelledby="session-${session.session}">
<h2 id="session-${session.session}">Session ${escapedMarkup(titleOf(session))}</h2>
${stateBar(session)}
<div class="head" aria-hidden="true"><span class="time">after</span><span class="ends"><span>client</span><span>server</span></span><span class="what">what came of it</span></div>
<ol class="rows">
`;
  const rows = session.events.slice(0, room.rows);
  room.rows -= rows.length;
  for (const read of rows) yield rowsOf(read, methods.get(read.number), from, hide);
  yield '</ol>\n';
  const left = session.events.length - rows.length;
  if (left > 0) yield `<p>${left} more events are not on this page: <code>ninelives tape show</code> says them.</p>\n`;
  yield '</section>\n';
}

/** How long it was in which state. Says in words what it shows. */
function stateBar({ opened, ended, turns }: TapedSession): string {
  const last = ended?.line.at ?? turns.at(-1)?.at;
  if (opened === undefined || last === undefined || last <= opened.at) return '';
  const whole = last - opened.at;
  const begins = [
    { at: opened.at, state: turns[0]?.from ?? 'initializing' },
    ...turns.map(({ at, to }) => ({ at, state: to })),
  ];
  const parts = begins.map(({ at, state }, place) => ({ at, state, ms: (begins[place + 1]?.at ?? last) - at }));
  const words = parts.map(({ state, ms }) => `${state} for ${spent(ms)}`).join(', then ');
  const share = (ms: number): string => ((ms / whole) * 1000).toFixed(2);
  const bars = parts.map(
    ({ at, state, ms }) =>
      `<rect class="${stateClass(state)}" x="${share(at - opened.at)}" y="0" width="${share(ms)}" height="8"/>`,
  );
  return `<p>${escapedMarkup(words)}</p>
<svg class="states" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">${bars.join('')}</svg>`;
}

const stateClass = (state: SessionState): string => `state-${state.replace('.', '-')}`;

/** What happened, and what we said ourselves because of it. */
function rowsOf(
  { number, line, body }: ReadEventLine,
  answered: string | undefined,
  from: number,
  hide: ExportOptions['hide'],
): string {
  const own = (line.sent ?? []).filter(({ isOwn }) => isOwn === true);
  const time = timeText(line.at - from).trim();
  return [messageRow({ number, line, body }, answered, time, hide), ...own.map((sent) => ownRow(sent, time))].join('');
}

function messageRow(
  { number, line, body }: ReadEventLine,
  answered: string | undefined,
  time: string,
  hide: ExportOptions['hide'],
): string {
  const { kind = 'other', direction, bytes, bodyDigest, to, from: before, decision } = line;
  const isFrame = direction !== undefined && line.kind !== undefined;
  const label = isFrame ? frameLabel(line, answered) : whatText(line).trim();
  const notes = [
    ...(decision === undefined ? [] : [`<span class="bad">${decision}</span>`]),
    ...stepsIn(line).map((step) => escapedMarkup(step)),
    ...(line.settled ?? []).map(
      (fact) => `<span${fact.outcome === 'result' ? '' : ' class="bad"'}>${escapedMarkup(settledText(fact))}</span>`,
    ),
    ...(before === undefined ? [] : [`<span class="state ${stateClass(to)}">${before} &rarr; ${to}</span>`]),
  ];
  const cells = `<span class="time mono">${time}</span><span class="lane"><span class="label">${escapedMarkup(hide(label))}</span>${
    isFrame ? '<span class="arrow"></span>' : ''
  }</span><span class="note">${notes.join('<br>')}</span>`;
  const towards = direction === undefined ? '' : ` ${towardsClass(direction)}`;
  const facts = [`line ${number}`, ...(bytes === undefined ? [] : [`${bytes} bytes`])].join(', ');
  const digest = bodyDigest === undefined ? undefined : `too long for the tape; its SHA-256 is ${bodyDigest}`;
  const inside = body === undefined ? digest : shownBody(hide(body));
  const content =
    inside === undefined
      ? `<div class="bare">${cells}</div>`
      : `<details><summary>${cells}</summary><div class="inside"><span class="dim">${facts}</span><pre>${escapedMarkup(inside)}</pre></div></details>`;
  return `<li class="row ${isFrame ? kind : 'other'}${towards}">${content}</li>\n`;
}

/** `tools/call echo 2`, `error to tools/call 2`. */
function frameLabel(line: EventLine, answered: string | undefined): string {
  const { kind = '', method = kind, id, body } = line;
  const subject = kind === 'request' ? subjectOf(body) : undefined;
  const name = kind === 'response' ? (isErrorIn(line) ? 'error' : 'response') : method;
  return [
    name,
    ...(answered === undefined ? [] : [`to ${answered}`]),
    ...(subject === undefined ? [] : [subject]),
    ...(id === undefined ? [] : [JSON.stringify(id)]),
  ].join(' ');
}

function ownRow({ direction, kind }: SentFact, time: string): string {
  const label = `our own ${kind}`;
  return `<li class="row own ${kind} ${towardsClass(direction)}"><div class="bare"><span class="time mono">${time}</span><span class="lane"><span class="label">${label}</span><span class="arrow"></span></span><span class="note"></span></div></li>\n`;
}

const towardsClass = (direction: SentFact['direction']): string =>
  direction === 'client-to-server' ? 'to-server' : 'to-client';

function isErrorIn({ envelope, body }: EventLine): boolean {
  return envelope?.isError === true || (typeof body === 'object' && body !== null && 'error' in body);
}

function stepsIn({ verdict, news }: EventLine): readonly string[] {
  if (verdict === 'awaited') return ['waits for a decision'];
  const { steps = [] } = verdict ?? (typeof news === 'object' ? news : {});
  return steps.map(({ interceptor, action }) => `${interceptor}: ${action}`);
}

function shownBody(text: string): string {
  if (text.length <= charactersMax) return indentedJson(text);
  return `${text.slice(0, charactersMax)}\n... and ${text.length - charactersMax} characters more`;
}
