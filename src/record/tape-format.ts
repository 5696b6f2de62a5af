/**
 * What a tape is made of: one JSON object a line, the first of them the header. A tape holds every event of its sessions with what
 * decided it, so that the chart, the pending table and the tags of a session can be made again at any line. docs/reference/tape.md
 * describes it for others; a new version is a new number. Types alone.
 */

import type { Refusal } from '../errors.ts';
import type { Direction, FrameKind, RequestId } from '../protocol/envelope.ts';
import type { ReadFault } from '../protocol/faults.ts';
import type { Decision } from '../runtime/tracer.ts';
import type { FailureCause, Loss, SessionEventType } from '../session/events.ts';
import type { FactsJson } from '../session/facts-json.ts';
import type { AnswerBody, Fault, InterceptStep, LabelChange, TransportType } from '../session/interception.ts';
import type { Outcome, SessionState } from '../session/outcomes.ts';
import type { Profile } from '../session/profiles.ts';

export interface TapeHeader {
  readonly tape: 1 | 2;
  /** The version that wrote it. */
  readonly ninelives: string;
  /** A digest of the session's chart: another one may decide otherwise. */
  readonly chart: string;
  /** What was recorded: `forward stdio`, and the server behind it. */
  readonly process?: { readonly command: string; readonly server: string };
  /** The clock that `at` is measured on, and milliseconds since 1970, at one moment. */
  readonly now: number;
  readonly wallTime: number;
  readonly bodies: { readonly redacted: boolean; readonly bytesMax: number };
  /** The tape that this one goes on from: sessions that are not opened here were opened there. */
  readonly continues?: string;
}

interface Line {
  /** Grows by one with every line after the header. */
  readonly seq: number;
  /** Milliseconds on the clock of the header. */
  readonly at: number;
}

/** Limits and times that sessions have from here on; under a number that was said before, those that have it already, too. What is switched off is `null`. */
export interface SettingsLine extends Line {
  readonly event: 'settings';
  readonly settings: number;
  /** Sessions with the same number share their process-wide limits. */
  readonly ledger: number;
  readonly limits: Readonly<Record<string, number | null>>;
  readonly times: Readonly<Record<string, number | null>>;
}

export interface OpenedLine extends Line {
  readonly event: 'session.opened';
  /** Its number on this tape. The session's own id is a secret; the beginning of it is in `id`. */
  readonly session: number;
  readonly id: string;
  readonly settings: number;
  readonly transportType: TransportType;
  readonly principal?: string;
  readonly route?: string;
  readonly profile: TapedProfile;
  readonly hasExchanges?: true;
  readonly idBase?: number;
}

export interface EndedLine extends Line {
  readonly event: 'session.ended';
  readonly session: number;
  readonly reason: string;
}

/** Lines that are not here, because they could not be written in time. */
export interface GapLine extends Line {
  readonly event: 'tape.gap';
  readonly dropped: number;
}

/** The last line of a tape that was closed and not cut off. */
export interface ClosedLine extends Line {
  readonly event: 'tape.closed';
  readonly lines: number;
  readonly sessions: number;
  readonly dropped: number;
  /** SHA-256 of every byte before this line, as hexadecimal digits. */
  readonly digest: string;
}

/** One event of a session, as it is read (src/record/spelled-out.ts): a line says less. Members that say nothing are left out. */
export interface EventLine extends Line {
  readonly event: SessionEventType | `xstate.${string}`;
  readonly session: number;
  /** `committed` where it is left out. */
  readonly decision?: Decision;
  /** The state before, where it is another one. */
  readonly from?: SessionState;
  readonly to: SessionState;
  // Of a frame.
  readonly direction?: Direction;
  readonly kind?: FrameKind;
  readonly id?: RequestId;
  readonly method?: string;
  readonly ticket?: number;
  readonly bytes?: number;
  /** What the frame says of itself, where its body is not here. */
  readonly envelope?: EnvelopeFacts;
  readonly verdict?: TapedVerdict | 'awaited';
  /** Of an awaited verdict: the frame waits beside its queue. */
  readonly isAside?: true;
  readonly exchange?: number;
  /** Headers of the exchange that a decision may turn on, where this is the first line of it. */
  readonly params?: readonly (readonly [name: string, value: string])[];
  /** The request in whose answer the frame came, by its place among the requests of the session. */
  readonly viaRequest?: number;
  readonly viaStatus?: number;
  readonly news?: TapedVerdict | 'delay-over' | 'turn';
  readonly fault?: ReadFault;
  /** Of `request.expired` and `effect.failed`: the request, by its place among the requests of the session. */
  readonly request?: number;
  readonly loss?: Loss;
  /** Of `upstream.ready`. */
  readonly goesOn?: true;
  /** Of `session.reopened`. */
  readonly facts?: FactsJson;
  readonly hasOpenStream?: boolean;
  readonly isGone?: boolean;
  readonly reason?: string;
  readonly label?: string;
  readonly isSet?: boolean;
  readonly effect?: { readonly type: 'send' | 'cancel'; readonly direction: Direction; readonly kind: FrameKind };
  readonly cause?: FailureCause;
  readonly detail?: string;
  readonly status?: number;
  // What followed.
  readonly settled?: readonly SettledFact[];
  readonly sent?: readonly SentFact[];
  /** The message, as it stood on the wire but for what is hidden. Always the last member of its line. */
  readonly body?: unknown;
  /** SHA-256 of a body that is too long for the tape. */
  readonly bodyDigest?: string;
}

export type TapeLine = SettingsLine | OpenedLine | EndedLine | GapLine | ClosedLine | EventLine;

export interface EnvelopeFacts {
  readonly isError?: true;
  readonly progressToken?: RequestId;
  readonly cancels?: RequestId;
  readonly revisionClaim?: string;
  readonly asksTask?: true;
}

export interface SettledFact {
  readonly direction: Direction;
  readonly id: RequestId | null;
  readonly method: string;
  readonly outcome: Outcome;
  readonly elapsedMs: number;
}

export interface SentFact {
  readonly direction: Direction;
  readonly kind: FrameKind;
  readonly bytes: number;
  /** It is not what the other peer had sent. */
  readonly isOwn?: true;
}

/** What interceptors decided about a frame. `message`: what goes on instead of it. */
export interface TapedVerdict {
  readonly kind: 'forward' | 'refuse' | 'answer' | 'drop';
  readonly steps?: readonly InterceptStep[];
  readonly delayMs?: number;
  readonly isAside?: true;
  readonly labels?: readonly LabelChange[];
  readonly message?: string;
  readonly refusal?: Refusal;
  readonly answer?: AnswerBody;
  readonly fault?: Fault;
}

/** A profile whose times are numbers or, where they are switched off, null. */
export type TapedProfile = Omit<Profile, 'methodTimes'> & {
  readonly methodTimes: Readonly<
    Record<string, { readonly idleMs?: number | null; readonly absoluteMs?: number | null }>
  >;
};

/** What is put together member by member. */
export type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
