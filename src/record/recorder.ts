/**
 * Writes down what the sessions of a process go through, as lines of a tape. Stands on the path of every frame: it puts a line
 * together where it will be written from, and the bytes of a message go there as they came. Where lines go, and what becomes of them
 * when there are too many, is the sink's.
 */

import type { Frame } from '../protocol/envelope.ts';
import { sizeOf } from '../protocol/envelope.ts';
import { decodeText, encodeText } from '../protocol/text.ts';
import type { Decision, Tracer } from '../runtime/tracer.ts';
import type { Effect } from '../session/effects.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Ledger } from '../session/limits.ts';
import type { SessionState } from '../session/outcomes.ts';
import type { Exchange } from '../session/pending.ts';
import type { SessionRecord } from '../session/record.ts';
import type { SessionSurroundings } from '../session/session-data.ts';
import { type Happened, type LineNames, envelopeFacts, isFrame, writeEvent } from './event-line.ts';
import { type LineBytes, piece } from './line-bytes.ts';
import type { TapeLine, Writable } from './tape-format.ts';

/** Where lines go: one is begun, put together and ended before the next. */
export interface LineSink {
  /** Takes the next line, behind what it has. */
  begin(at: number): LineBytes;
  /** The line is whole, with its end. */
  end(seq: number): void;
}

type Headers = readonly (readonly [name: string, value: string])[];

export interface RecorderOptions {
  readonly sink: LineSink;
  /** A message as the tape may show it, which is JSON; undefined where that is the message itself. */
  readonly hide: (message: Uint8Array) => string | undefined;
  /** Headers of an exchange as the tape may show them: their names say more than their values. */
  readonly hideHeaders?: (headers: Headers) => Headers;
  /** The digest of a body that is too long. */
  readonly digest: (body: Uint8Array) => string;
  /** Bodies of more bytes are not kept, only their digest; those of handshakes always are. */
  readonly bodyBytesMax: number;
}

/** As much of a session's id as tells it from others, and lets nobody in. */
const idCharacters = 8;

const bodyBegins = piece(',"body":');
const lineEnds = piece('}\n');
const newline = piece('\n');

/** What one session is called on the tape, and what it calls its exchanges. */
interface Taped {
  readonly number: number;
  /** Those that another tape has named, too: whose name an exchange bears is the first one's. */
  readonly exchanges: WeakMap<Exchange, number>;
  exchangesSeen: number;
  /** Frames whose verdict is still to come, by their number. */
  readonly awaited: Map<number, Frame>;
}

/** What an exchange bears of the tape that named it: to look for it in a table costs more than the rest of its line. */
class Called {
  readonly by: Taped;
  readonly number: number;

  constructor(by: Taped, number: number) {
    this.by = by;
    this.number = number;
  }
}

/** Settings as the tape has them. */
interface Told {
  readonly number: number;
  /** What was said last; empty where the tape does not say it. */
  text: string;
}

export class Recorder implements Tracer {
  readonly #options: RecorderOptions;
  readonly #sessions = new Map<SessionRecord, Taped>();
  readonly #ledgers = new Map<Ledger, number>();
  /** By what sessions share, and stays the same when they are others. */
  readonly #settings = new Map<SessionSurroundings, Told>();
  #opened = 0;
  #seq = 0;
  /** Of the line that is being put together: names are asked for one line at a time. */
  #taped: Taped | undefined;
  /** The event that is being written, in one place for all of them. */
  readonly #happened: Writable<Happened> = {
    seq: 0,
    at: 0,
    session: 0,
    event: { type: 'session.drain', at: 0 },
    decision: 'committed',
    from: 'initializing',
    to: 'initializing',
    effects: [],
    isWhole: false,
  };
  readonly #names: LineNames = {
    exchange: (exchange) => this.#exchange(exchange),
    text: (frame) => this.#options.hide(frame.bytes) ?? decodeText(frame.bytes),
    shown: (value) => this.#shown(value),
    awaited: (ticket) => this.#taped!.awaited.get(ticket),
  };

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Lines so far. */
  get lines(): number {
    return this.#seq;
  }

  get sessions(): number {
    return this.#opened;
  }

  /** Another tape begins: settings are said again on it. */
  forgetSettings(): void {
    for (const told of this.#settings.values()) told.text = '';
  }

  opened(record: SessionRecord): void {
    const settings = this.#settingsOf(record.surroundings, record.openedAt);
    const number = ++this.#opened;
    this.#sessions.set(record, { number, exchanges: new WeakMap(), exchangesSeen: 0, awaited: new Map() });
    const { id, openedAt, transportType, principal, route, profile, hasExchanges, idBase } = record;
    this.#write({
      seq: ++this.#seq,
      at: openedAt,
      event: 'session.opened',
      session: number,
      id: id.slice(0, idCharacters),
      settings,
      transportType,
      ...(principal === undefined ? {} : { principal }),
      ...(route === undefined ? {} : { route }),
      profile: { ...profile, methodTimes: mapped(profile.methodTimes) },
      ...(hasExchanges ? { hasExchanges } : {}),
      ...(idBase === 0 ? {} : { idBase }),
    });
  }

  decided(
    record: SessionRecord,
    event: SessionEvent,
    decision: Decision,
    from: SessionState,
    effects: readonly Effect[],
  ): void {
    const taped = this.#sessions.get(record);
    if (taped === undefined) return;
    this.#taped = taped;
    // A deadline of the chart's own has no time of its own: it is when the state was entered.
    const { at = record.enteredAt } = event as { readonly at?: number };
    const seq = ++this.#seq;
    const { sink, hide } = this.#options;
    const out = sink.begin(at);
    const happened = this.#happened;
    happened.seq = seq;
    happened.at = at;
    happened.session = taped.number;
    happened.event = event;
    happened.decision = decision;
    happened.from = from;
    happened.to = record.state;
    happened.effects = effects;
    if (isFrame(event)) {
      const { frame } = event;
      const isKept = sizeOf(frame) <= this.#options.bodyBytesMax || isHandshake(frame, effects);
      const shown = isKept ? hide(frame.bytes) : undefined;
      happened.isWhole = isKept && shown === undefined && sizeOf(frame) === frame.bytes.length;
      writeEvent(out, happened, this.#names);
      if (event.verdict === 'awaited') taped.awaited.set(event.ticket, frame);
      if (isKept) {
        out.piece(bodyBegins);
        out.onOneLine(shown ?? frame.bytes);
      } else {
        out.members({ envelope: envelopeFacts(frame.envelope), bodyDigest: this.#options.digest(frame.bytes) });
      }
    } else {
      happened.isWhole = false;
      writeEvent(out, happened, this.#names);
      if (event.type === 'frame.decided' && typeof event.news === 'object') taped.awaited.delete(event.ticket);
    }
    out.piece(lineEnds);
    sink.end(seq);
  }

  resettled(at: number): void {
    // What this tape does not know yet it is told when a session opens.
    for (const [surroundings, { text }] of this.#settings) if (text !== '') this.#settingsOf(surroundings, at);
  }

  ended(record: SessionRecord): void {
    const taped = this.#sessions.get(record);
    if (taped === undefined) return;
    this.#sessions.delete(record);
    const reason = record.endReason ?? 'internal-error';
    this.#write({ seq: ++this.#seq, at: record.enteredAt, event: 'session.ended', session: taped.number, reason });
  }

  #shown<T>(value: T): T {
    const text = this.#options.hide(encodeText(JSON.stringify(value)));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- hiding changes texts, and not what there is
    return text === undefined ? value : (JSON.parse(text) as T);
  }

  #exchange(exchange: Exchange): ReturnType<LineNames['exchange']> {
    const taped = this.#taped!;
    const called = exchange.trace;
    const isCalled = called instanceof Called;
    const known = isCalled && called.by === taped ? called.number : isCalled && taped.exchanges.get(exchange);
    if (typeof known === 'number') return { number: known };
    const number = ++taped.exchangesSeen;
    if (called === undefined) exchange.trace = new Called(taped, number);
    else taped.exchanges.set(exchange, number);
    const params = exchange.headersWith('mcp-param-');
    if (params.length === 0) return { number };
    return { number, params: this.#options.hideHeaders?.(params) ?? params };
  }

  /** The number of the settings, which are on the tape then as they are now. */
  #settingsOf(surroundings: SessionSurroundings, at: number): number {
    const { ledger: shared, limits, times } = surroundings;
    let ledger = this.#ledgers.get(shared);
    if (ledger === undefined) {
      ledger = this.#ledgers.size + 1;
      this.#ledgers.set(shared, ledger);
    }
    const told = this.#settings.get(surroundings) ?? { number: this.#settings.size + 1, text: '' };
    this.#settings.set(surroundings, told);
    const said = { ledger, limits: withoutInfinity(limits), times: withoutInfinity(times) };
    const text = JSON.stringify(said);
    if (text === told.text) return told.number;
    told.text = text;
    this.#write({ seq: ++this.#seq, at, event: 'settings', settings: told.number, ...said });
    return told.number;
  }

  #write(line: TapeLine): void {
    const { sink } = this.#options;
    const out = sink.begin(line.at);
    out.json(line);
    out.piece(newline);
    sink.end(line.seq);
  }
}

/** What the session learns of the peers is in there: without it the session could not be made again. */
function isHandshake({ envelope: { method, kind } }: Frame, effects: readonly Effect[]): boolean {
  if (kind !== 'response') return method === 'initialize';
  const settled = effects.find((effect) => effect.type === 'settled');
  return settled?.entry.method === 'initialize';
}

function mapped(methodTimes: Readonly<Record<string, object>>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(methodTimes).map(([method, times]) => [method, withoutInfinity(times)]));
}

/** JSON has no Infinity: what is switched off is null. */
export function withoutInfinity(numbers: object): Readonly<Record<string, number | null>> {
  const known = Object.entries(numbers).filter((pair): pair is [string, number] => typeof pair[1] === 'number');
  return Object.fromEntries(known.map(([name, value]) => [name, value === Infinity ? null : value]));
}
