/**
 * A history as a sequence diagram in text: who takes part stands at the top, time goes down, and what breaks a law is marked. As wide
 * as it is told to be; where that is too narrow for all who take part, each message is a line of words instead.
 */

import type { History, HistoryEvent } from '../play/history.ts';
import type { TargetKind } from '../play/target.ts';
import { deedWords, messageWords } from './said.ts';

export interface DiagramOptions {
  readonly kind: TargetKind;
  /** Characters in a line. */
  readonly width: number;
  readonly hasColours: boolean;
  /** Events that break the law, by `seq`; the last of them is where it broke. */
  readonly at: readonly number[];
}

const red = '\u001b[31m';
const plain = '\u001b[0m';

/** Between two lifelines: less says nothing. */
const gapMin = 18;
const gapMax = 36;
const timeWidth = 9;
const markWidth = 4;

/** Who takes part, from left to right. */
interface Cast {
  readonly names: readonly string[];
  /** The place of the thing under test. */
  readonly target: number;
  readonly placeOf: ReadonlyMap<number, number>;
}

export function sequenceDiagram(history: History, options: DiagramOptions): string {
  const cast = castOf(history, options.kind);
  const gap = Math.min(
    gapMax,
    Math.floor((options.width - timeWidth - markWidth - 8) / Math.max(1, cast.names.length - 1)),
  );
  const draw = gap >= gapMin ? drawn : told;
  const lines = history.flatMap((event) => {
    const line = draw(event, cast, gap, options.at.includes(event.seq));
    if (line === undefined) return [];
    const mark = markOf(event, options);
    const time = `+${Math.round(event.at)} ms`.padStart(timeWidth - 1);
    const text = `${time} ${mark} ${line}`.trimEnd();
    return [options.hasColours && mark !== ' ' ? `${red}${text}${plain}` : text];
  });
  const heading = gap >= gapMin ? [`${' '.repeat(timeWidth + 2)}${headingOf(cast, gap)}`.trimEnd()] : [];
  return [...heading, ...lines, ''].join('\n');
}

function castOf(history: History, kind: TargetKind): Cast {
  const connected = history.filter((event) => event.type === 'connected');
  const of = (role: 'client' | 'server'): readonly number[] =>
    connected.filter((event) => event.role === role).map(({ connection }) => connection);
  const [clients, servers] = [of('client'), of('server')];
  const name = (role: string, count: number, index: number): string => (count === 1 ? role : `${role} ${index + 1}`);
  return {
    names: [
      ...clients.map((_, index) => name('client', clients.length, index)),
      kind,
      ...servers.map((_, index) => name('server', servers.length, index)),
    ],
    target: clients.length,
    placeOf: new Map([
      ...clients.map((connection, index) => [connection, index] as const),
      ...servers.map((connection, index) => [connection, clients.length + 1 + index] as const),
    ]),
  };
}

function headingOf({ names }: Cast, gap: number): string {
  let line = '';
  for (const [place, name] of names.entries()) {
    const start = Math.max(line.length + (place === 0 ? 0 : 1), place * gap - Math.floor(name.length / 2) + 3);
    line = line.padEnd(start) + name;
  }
  return line;
}

/** Lifelines, with an arrow between two of them. */
function drawn(event: HistoryEvent, cast: Cast, gap: number, isMarked: boolean): string | undefined {
  const { names, target, placeOf } = cast;
  const nameOf = (connection: number): string => names[placeOf.get(connection) ?? 0] ?? '';
  const arrow = arrowOf(event, isMarked);
  if (arrow === undefined) {
    const words = deedWords(event, nameOf, `the ${names[target]}`);
    if (words === undefined) return undefined;
    return `   ┄ ${fitted(words, gap * (names.length - 1))}`;
  }
  const place = placeOf.get(arrow.connection) ?? 0;
  const [from, to] = arrow.isOurs ? [place, target] : [target, place];
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const width = (right - left) * gap - 1;
  const label = fitted(` ${arrow.label} `, width - 3);
  const line = arrow.isDashed ? '╌' : '─';
  const shaft = from < to ? `${line}${label.padEnd(width - 2, line)}▶` : `◀${line}${label.padEnd(width - 2, line)}`;
  const before = left === 0 ? '' : lifelines(left, gap) + ' '.repeat(gap - 1);
  const after = names.length - 1 - right;
  return `   ${before}│${shaft}│${after === 0 ? '' : ' '.repeat(gap - 1) + lifelines(after, gap)}`;
}

function lifelines(count: number, gap: number): string {
  return Array.from({ length: count }, () => '│').join(' '.repeat(gap - 1));
}

/** The same in words. */
function told(
  event: HistoryEvent,
  { names, target, placeOf }: Cast,
  _gap: number,
  isMarked: boolean,
): string | undefined {
  const nameOf = (connection: number): string => names[placeOf.get(connection) ?? 0] ?? '';
  const arrow = arrowOf(event, isMarked);
  if (arrow === undefined) return deedWords(event, nameOf, `the ${names[target]}`);
  const [us, them] = [nameOf(arrow.connection), names[target] ?? ''];
  return arrow.isOurs ? `${us} → ${them}: ${arrow.label}` : `${them} → ${us}: ${arrow.label}`;
}

interface Arrow {
  readonly connection: number;
  readonly isOurs: boolean;
  readonly label: string;
  readonly isDashed: boolean;
}

function arrowOf(event: HistoryEvent, isMarked: boolean): Arrow | undefined {
  switch (event.type) {
    case 'sent':
      return { connection: event.connection, isOurs: true, label: messageWords(event.message), isDashed: false };
    case 'received':
      return { connection: event.connection, isOurs: false, label: messageWords(event.message), isDashed: false };
    case 'leftover':
      return {
        connection: event.connection,
        isOurs: false,
        label: `${messageWords(event.message)}, of an earlier play`,
        isDashed: true,
      };
    case 'unreadable':
      return { connection: event.connection, isOurs: false, label: `unreadable: ${event.text}`, isDashed: false };
    case 'abandoned':
      return { connection: event.connection, isOurs: true, label: 'gives the response up', isDashed: true };
    case 'exchange-ended':
      // That a response ended well says nothing new: its answer has been seen.
      if (!isMarked && (event.status === 200 || event.status === 202)) return undefined;
      return {
        connection: event.connection,
        isOurs: false,
        label: event.status === 0 ? 'response cut off' : `response over, ${event.status}`,
        isDashed: true,
      };
    case 'connected':
    case 'disconnected':
    case 'network':
    case 'process':
    case 'time':
    case 'rule':
    case 'settled':
    case 'held':
      return undefined;
  }
}

function markOf({ seq }: HistoryEvent, { at }: DiagramOptions): '✗' | '•' | ' ' {
  if (seq === at.at(-1)) return '✗';
  return at.includes(seq) ? '•' : ' ';
}

function fitted(text: string, width: number): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '?');
  return safe.length <= width ? safe : `${safe.slice(0, width - 2)}… `;
}
