/**
 * A statechart as a picture: which states are lit, which transition was the last, and, of many sessions, how many are where, how
 * long they stay there, and how often each edge is taken. Knows what it is given and nothing of sessions.
 */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { TransitionCount } from '../../../session/snapshot.ts';
import type { ChartLayout, EdgeLine, StateBox } from '../../layouts/chart-layout.ts';
import { arrowAt, pathAlong, placeOn } from '../../layouts/edge-path.ts';
import { spokenMs } from '../session/spoken.ts';
import './chart.css';
import { heatOf } from './heat.ts';
import { type ChartDrawings, sessionChart } from './session-chart.ts';

export interface StateChartProps {
  /** What the picture is of, for people who hear it. */
  readonly title: string;
  readonly drawings?: ChartDrawings;
  /** By name, as snapshots spell them: `active.serving`. */
  readonly lit: readonly string[];
  /** Shown as the newest; flashes when its `key` changes. */
  readonly last?: LastTransition | undefined;
  /** How many are in each state. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** How often each edge was taken. */
  readonly edges?: readonly TransitionCount[] | undefined;
  /** How long stays lasted; the longer, the hotter the state is drawn. */
  readonly dwellMs?: Dwell | undefined;
  /** A line of text in a state. */
  readonly notes?: Readonly<Record<string, string>> | undefined;
  readonly picked?: string | undefined;
  readonly onPick?: ((state: string) => void) | undefined;
}

export interface LastTransition {
  readonly from: string;
  readonly to: string;
  readonly key: string | number;
}

export type Dwell = Readonly<Partial<Record<string, { readonly p50: number; readonly p99: number }>>>;

/** From here on the drawing that names its events can be read. */
const wideFromPx = 720;
/** Letters are 11 units high; larger than this they shout. */
const scaleMax = 1.4;

export function StateChart(props: StateChartProps) {
  const { title, drawings = sessionChart, lit, edges = [], last } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  const layout = width >= wideFromPx ? drawings.wide : drawings.narrow;
  const taken = new Map(edges.map(({ from, to, count }) => [`${from} ${to}`, count]));
  const most = Math.max(0, ...taken.values());
  const isLast = (edge: EdgeLine): boolean => edge.from === last?.from && edge.to === last.to;
  // The newest transition lies over the others.
  const drawn = [...layout.edges.entries()].sort(([, one], [, other]) => Number(isLast(one)) - Number(isLast(other)));

  return (
    <div class="chart" ref={frame}>
      <svg
        role={props.onPick === undefined ? 'img' : 'group'}
        aria-label={lit.length === 0 ? title : `${title}: ${lit.join(', ')}`}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        style={{ maxWidth: `${layout.width * scaleMax}px` }}
      >
        {layout.states
          .filter((state) => state.isFrame)
          .map((state) => (
            <FrameBox key={state.name} state={state} isLit={lit.some((name) => name.startsWith(`${state.name}.`))} />
          ))}
        {drawn.map(([index, edge]) => {
          const count = taken.get(`${edge.from} ${edge.to}`) ?? 0;
          // Of one session, every edge that was taken is worth the same.
          const heat = props.counts === undefined ? Math.min(count, 2) : heatOf(count, most);
          return (
            <Edge
              // A new element whenever its looks change: Chromium 156 keeps the old ones of an element that is moved meanwhile.
              key={`${edge.from} ${edge.to} ${heat} ${isLast(edge)}`}
              edge={edge}
              index={index}
              count={count}
              heat={heat}
              flash={isLast(edge) ? last?.key : undefined}
              hasCounts={props.counts !== undefined}
            />
          );
        })}
        {layout.states
          .filter((state) => !state.isFrame)
          .map((state) => (
            <Box key={state.name} state={state} chart={props} layout={layout} />
          ))}
      </svg>
    </div>
  );
}

function FrameBox({ state, isLit }: { readonly state: StateBox; readonly isLit: boolean }) {
  const { x, y, width, height, label } = state;
  return (
    <g class={isLit ? 'chart-frame lit' : 'chart-frame'}>
      <title>{state.description}</title>
      <rect x={x} y={y} width={width} height={height} rx={8} />
      <text x={x + 10} y={y + 18}>
        {label}
      </text>
    </g>
  );
}

interface BoxProps {
  readonly state: StateBox;
  readonly chart: StateChartProps;
  readonly layout: ChartLayout;
}

function Box({ state, chart }: BoxProps) {
  const { name, label, x, y, width, height, isFinal, isInitial } = state;
  const { lit, counts, dwellMs, notes, picked, onPick } = chart;
  const isLit = lit.includes(name);
  const count = counts?.[name];
  const dwell = dwellMs?.[name];
  const hottest = Math.max(0, ...Object.values(dwellMs ?? {}).map((one) => one?.p99 ?? 0));
  const stays = dwell === undefined ? undefined : `p50 ${spokenMs(dwell.p50)}, p99 ${spokenMs(dwell.p99)}`;
  const note = notes?.[name] ?? (dwell === undefined ? undefined : `${spokenMs(dwell.p50)} · ${spokenMs(dwell.p99)}`);
  const words = [
    name,
    isLit && counts === undefined ? 'the present state' : undefined,
    count === undefined ? undefined : `${count} sessions`,
    stays === undefined ? undefined : `stays ${stays}`,
  ].filter((word) => word !== undefined);
  const classes = [
    'chart-state',
    `state-${label}`,
    isLit ? 'lit' : '',
    picked === name ? 'picked' : '',
    dwell === undefined ? '' : `heat-${heatOf(dwell.p99, hottest)}`,
  ];
  const press =
    onPick === undefined
      ? {}
      : {
          role: 'button' as const,
          tabIndex: 0,
          'aria-pressed': picked === name,
          'aria-label': words.join(', '),
          onClick: () => onPick(name),
          onKeyDown: (event: KeyboardEvent) => {
            if (event.key !== 'Enter' && event.key !== ' ') return;
            event.preventDefault();
            onPick(name);
          },
        };
  return (
    <g class={classes.filter((part) => part !== '').join(' ')} {...press}>
      <title>{`${words.join(', ')}\n${state.description}`}</title>
      {isInitial && <circle class="chart-begin" cx={x - 1} cy={y - 1} r={4.5} />}
      <rect class="chart-box" x={x} y={y} width={width} height={height} rx={6} />
      {isFinal && <rect class="chart-final" x={x + 3} y={y + 3} width={width - 6} height={height - 6} rx={4} />}
      <text class="chart-name" x={x + 10} y={y + (note === undefined ? 27 : 19)}>
        {label}
      </text>
      {note !== undefined && (
        <text class="chart-note" x={x + 10} y={y + 35}>
          {note}
        </text>
      )}
      {count !== undefined && count > 0 && (
        <text class="chart-count" x={x + width - 9} y={y + (note === undefined ? 27 : 19)}>
          {count}
        </text>
      )}
    </g>
  );
}

interface EdgeProps {
  readonly edge: EdgeLine;
  readonly index: number;
  readonly count: number;
  readonly heat: number;
  /** Set on the newest one. */
  readonly flash: string | number | undefined;
  readonly hasCounts: boolean;
}

function Edge({ edge, index, count, heat, flash, hasCounts }: EdgeProps) {
  const path = pathAlong(edge.points);
  const events = [...new Set(edge.events.map(({ event }) => event))];
  const classes = ['chart-edge', count > 0 ? `taken heat-${heat}` : '', flash === undefined ? '' : 'last'];
  const [x, y] = placeOn(edge.points, 0.25 + 0.2 * (index % 4));
  const digits = String(count);
  return (
    <g class={classes.filter((part) => part !== '').join(' ')}>
      <title>{`${edge.from} → ${edge.to}: ${events.join(', ')}${count > 0 ? ` (taken ${count} times)` : ''}`}</title>
      <path class="chart-reach" d={path} />
      <path class="chart-line" d={path} />
      <polygon points={arrowAt(edge.points)} />
      {flash !== undefined && <path key={flash} class="chart-flash" d={path} pathLength={1} />}
      {edge.label !== undefined && (
        <text class="chart-events" y={edge.label.y}>
          {edge.label.lines.map((line, row) => (
            <tspan key={line} x={edge.label!.x} y={edge.label!.y + 11 + 14 * row}>
              {line}
            </tspan>
          ))}
        </text>
      )}
      {count > 0 && (hasCounts || count > 1) && (
        <g class="chart-taken">
          <rect x={x - 3 - digits.length * 3} y={y - 7} width={6 + digits.length * 6} height={14} rx={7} />
          <text x={x} y={y + 3.5}>
            {digits}
          </text>
        </g>
      )}
    </g>
  );
}
