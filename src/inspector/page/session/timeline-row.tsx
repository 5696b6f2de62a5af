/** One line of the sequence diagram: its time, what crossed the lanes, and what there is to say about it. */

import { type Activation, slotsMax } from './activation.ts';
import { spokenId, spokenMs, spokenOffset } from './spoken.ts';
import { StateWord } from './state-word.tsx';
import type { AnswerLine, MessageLine, TimelineLine } from './timeline.ts';
import { Words } from './timeline-words.tsx';

export const rowHeightPx = 30;

/** Where the lanes are, in percent of the room. */
const lanes = { client: 8, proxy: 50, server: 92 } as const;
const arrowY = 21;

export interface TimelineRowProps {
  readonly line: TimelineLine;
  readonly index: number;
  readonly startedAt: number;
  readonly epochOffset: number;
  readonly activations: readonly Activation[];
  /** The event after which the session is shown. What is later is not known yet. */
  readonly cursorSeq: number;
  readonly isLive: boolean;
  /** On the clock of the events. */
  readonly now: number;
  readonly isChosen: boolean;
  readonly isOpened: boolean;
  readonly isRelated: boolean;
  readonly hrefOf: (seq: number) => string;
  readonly choose: (seq: number) => void;
}

export function TimelineRow(props: TimelineRowProps) {
  const { line, index, cursorSeq, isLive, isChosen, isOpened, isRelated, choose } = props;
  const classes = [
    'step',
    `line-${line.type}`,
    isChosen ? 'chosen' : '',
    isOpened ? 'opened' : '',
    isRelated ? 'related' : '',
    !isLive && line.seq > cursorSeq ? 'later' : '',
    'problem' in line && line.problem !== undefined ? 'flagged' : '',
  ];
  return (
    <div
      role="row"
      id={`line-${index}`}
      aria-rowindex={index + 1}
      aria-selected={isChosen}
      class={classes.filter((part) => part !== '').join(' ')}
      style={{ top: `${index * rowHeightPx}px` }}
      onClick={() => choose(line.seq)}
    >
      <TimeCell {...props} />
      <div role="gridcell" class="line-lanes">
        <Lanes activations={props.activations} index={index} />
        <Crossing {...props} />
      </div>
      <div role="gridcell" class="line-words">
        <Words {...props} />
      </div>
    </div>
  );
}

function TimeCell({ line, startedAt, epochOffset, hrefOf }: TimelineRowProps) {
  if (line.type === 'pause' || line.type === 'missed') return <div role="gridcell" class="line-time" />;
  const time = new Date(line.at + epochOffset);
  return (
    <div role="gridcell" class="line-time mono">
      <a href={hrefOf(line.seq)} tabIndex={-1} title={`Event ${line.seq}, ${time.toLocaleString()}: open it`}>
        {spokenOffset(line.at - startedAt)}
      </a>
    </div>
  );
}

function Lanes({ activations, index }: { readonly activations: readonly Activation[]; readonly index: number }) {
  return (
    <svg class="lanes" aria-hidden="true" width="100%" height={rowHeightPx}>
      {Object.entries(lanes).map(([name, x]) => (
        <line key={name} class={`lane lane-${name}`} x1={`${x}%`} x2={`${x}%`} y1={0} y2={rowHeightPx} />
      ))}
      {activations.map((bar) => {
        const top = bar.from === index ? arrowY : 0;
        const bottom = bar.to === index && bar.isEnded ? arrowY : rowHeightPx;
        const inward = bar.lane === 'server' ? -1 : 1;
        return (
          <svg key={`${bar.exchange.seq}`} x={`${lanes[bar.lane]}%`} y={top} class="anchor">
            <rect
              class={`activation by-${bar.lane}`}
              x={-2.5 + inward * bar.slot * 5}
              width={5}
              height={bottom - top}
            />
          </svg>
        );
      })}
    </svg>
  );
}

function Crossing({ line, hrefOf }: TimelineRowProps) {
  switch (line.type) {
    case 'message':
      return <Message line={line} href={hrefOf(line.seq)} />;
    case 'answer':
      return <Answer line={line} />;
    case 'state':
      return (
        <span class="line-band">
          <StateWord state={line.from} /> → <StateWord state={line.to} />
        </span>
      );
    case 'note':
      return <span class="line-band mono dim">{line.event}</span>;
    case 'pause':
      return <span class="line-band dim">{spokenMs(line.pausedMs)} pass</span>;
    case 'missed':
      return <span class="line-band">{line.missed} events before are not here</span>;
  }
}

function Message({ line, href }: { readonly line: MessageLine; readonly href: string }) {
  const { direction, passage, exchange, label, kind, isError, count, depth } = line;
  const isUp = direction === 'client-to-server';
  const [start, end] = isUp ? [lanes.client, lanes.server] : [lanes.server, lanes.client];
  const from = passage === 'released' ? lanes.proxy : start;
  const to = passage === 'through' || passage === 'released' ? end : lanes.proxy;
  const isRefused = passage === 'stopped' && (kind === 'request' || line.problem !== undefined);
  const tone = isError || isRefused ? 'bad' : passage === 'stopped' ? 'proxy' : isUp ? 'client' : 'server';
  const classes = ['arrow', kind, `tone-${tone}`].join(' ');
  // Beside the bars at the server's lane.
  const inset = `calc(${Math.min(from, 100 - from)}% + ${(isUp ? 10 : 18) + depth * 14}px)`;
  return (
    <>
      <Arrow from={from} to={to} classes={classes} end={isRefused ? 'refused' : passage} />
      <a
        class={`line-label mono ${isUp ? 'up' : 'down'}`}
        href={href}
        tabIndex={-1}
        style={isUp ? { left: inset } : { right: inset }}
      >
        {depth > 0 && <span class="dim">{'↳ '}</span>}
        {exchange !== undefined && exchange.id !== null && <b>{spokenId(exchange.id)} </b>}
        <span class={kind === 'response' ? 'dim' : ''}>{label}</span>
        {count > 1 && <span class="dim"> ×{count}</span>}
        <span class="visually-hidden">
          , {kind} from {isUp ? 'client to server' : 'server to client'}, {passage}
        </span>
      </a>
    </>
  );
}

function Answer({ line }: { readonly line: AnswerLine }) {
  const { exchange, direction, outcome, isTold, depth } = line;
  const toClient = direction === 'server-to-client';
  const inset = `calc(50% + ${10 + depth * 14}px)`;
  return (
    <>
      {isTold && (
        <Arrow
          from={lanes.proxy}
          to={toClient ? lanes.client : lanes.server}
          classes={`arrow response tone-${outcome === 'result' ? 'proxy' : 'bad'}`}
          end="through"
        />
      )}
      <span
        class={`line-label mono ${toClient ? 'down' : 'up'}`}
        style={{ maxWidth: '42%', ...(toClient ? { right: inset } : { left: inset }) }}
      >
        {exchange.id !== null && <b>{spokenId(exchange.id)}</b>}{' '}
        <span class="dim">{isTold ? 'by ninelives' : 'ends untold'}</span>
      </span>
    </>
  );
}

interface ArrowProps {
  readonly from: number;
  readonly to: number;
  readonly classes: string;
  readonly end: MessageLine['passage'] | 'refused';
}

function Arrow({ from, to, classes, end }: ArrowProps) {
  return (
    <svg class={classes} aria-hidden="true" width="100%" height={rowHeightPx}>
      <line x1={`${from}%`} x2={`${to}%`} y1={arrowY} y2={arrowY} />
      <svg class="anchor" x={`${to}%`} y={arrowY}>
        <ArrowEnd end={end} goesRight={to > from} />
      </svg>
    </svg>
  );
}

function ArrowEnd({ end, goesRight }: { readonly end: ArrowProps['end']; readonly goesRight: boolean }) {
  switch (end) {
    case 'through':
    case 'released':
      return <path d={goesRight ? 'M0,0l-7,-4v8z' : 'M0,0l7,-4v8z'} />;
    case 'held':
      return <path class="mark" d="M-3,-5v10M3,-5v10" />;
    case 'refused':
      return <path class="mark" d="M-4,-4l8,8M4,-4l-8,8" />;
    case 'stopped':
      return <circle class="kept" r={3.5} />;
  }
}

/** @returns those of the bars that pass a line. */
export function passing(activations: readonly Activation[], index: number): readonly Activation[] {
  return activations.filter(({ from, to, slot }) => from <= index && index <= to && slot < slotsMax);
}
