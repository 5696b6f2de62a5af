/**
 * Lays a chart out for the inspector's page: a walk over the machine that runs gives the states and what leads from one to
 * another, and ELK gives them their places. Each chart is laid out twice: a narrow drawing with lines alone, and a wide one that
 * names the events beside them.
 */

import { createRequire } from 'node:module';
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js';
import type { AnyStateMachine } from 'xstate';
import type { ChartLayout, EdgeLine, StateBox } from '../../src/inspector/layouts/chart-layout.ts';

type Node = AnyStateMachine['root'];
type Edge = Omit<EdgeLine, 'points' | 'label'>;

export type Shape = 'narrow' | 'wide';

/** Of the drawing's units; the page writes with a fixed width of letters, so that a text's length is known here. */
const letter = { width: 6.7, height: 14 };
const box = { width: 118, height: 46 };
const linesMax = 4;

const Elk = createRequire(import.meta.url)('elkjs/lib/elk.bundled.js') as new () => ELK;

const spacing: Readonly<Record<Shape, Readonly<Record<string, string>>>> = {
  narrow: {
    'elk.direction': 'DOWN',
    'elk.spacing.nodeNode': '24',
    'elk.spacing.edgeNode': '14',
    'elk.spacing.edgeEdge': '12',
    'elk.layered.spacing.nodeNodeBetweenLayers': '34',
    'elk.layered.spacing.edgeNodeBetweenLayers': '14',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '11',
  },
  wide: {
    'elk.direction': 'DOWN',
    'elk.spacing.nodeNode': '30',
    'elk.spacing.edgeNode': '14',
    'elk.spacing.edgeEdge': '12',
    'elk.spacing.edgeLabel': '3',
    'elk.layered.spacing.nodeNodeBetweenLayers': '26',
    'elk.layered.spacing.edgeNodeBetweenLayers': '12',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '11',
  },
};

/** The same chart gives the same drawing, to the byte. */
export async function chartLayout(machine: AnyStateMachine, shape: Shape): Promise<ChartLayout> {
  const edges = edgesOf(machine.root);
  const order = statesBelow(machine.root).map(nameOf);
  const isForward = ({ from, to }: Edge): boolean => order.indexOf(from) < order.indexOf(to);
  const drawn: ElkNode = await new Elk().layout({
    id: '',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.randomSeed': '1',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.json.edgeCoords': 'ROOT',
      'elk.padding': '[top=8,left=8,bottom=8,right=8]',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.layered.thoroughness': '60',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      ...spacing[shape],
    },
    children: boxesIn(machine.root),
    edges: edges.map((edge, index) => ({
      id: String(index),
      sources: [edge.from],
      targets: [edge.to],
      layoutOptions: { 'elk.layered.priority.direction': isForward(edge) ? '10' : '0' },
      labels: shape === 'wide' ? [labelOf(edge)] : [],
    })),
  });
  return {
    chart: machine.id,
    width: Math.ceil(drawn.width!),
    height: Math.ceil(drawn.height!),
    states: placed(machine, drawn, 0, 0),
    edges: edges.map((edge, index) => lineOf(edge, drawn.edges![index]!)),
  };
}

function boxesIn(parent: Node): ElkNode[] {
  return statesIn(parent).map((state) =>
    isFrame(state)
      ? {
          id: nameOf(state),
          layoutOptions: { 'elk.padding': '[top=30,left=12,bottom=12,right=12]' },
          children: boxesIn(state),
        }
      : { id: nameOf(state), ...box },
  );
}

function labelOf(edge: Edge): { readonly text: string; readonly width: number; readonly height: number } {
  const lines = linesOf(edge);
  return {
    text: lines.join('\n'),
    width: Math.max(...lines.map((line) => line.length)) * letter.width + 6,
    height: lines.length * letter.height + 2,
  };
}

/** Each event once, and how many more there are. */
function linesOf(edge: Edge): readonly string[] {
  const names = [...new Set(edge.events.map(({ event }) => event))];
  return names.length <= linesMax
    ? names
    : [...names.slice(0, linesMax - 1), `and ${names.length - linesMax + 1} more`];
}

function placed(machine: AnyStateMachine, drawn: ElkNode, left: number, top: number): readonly StateBox[] {
  return (drawn.children ?? []).flatMap((child) => {
    const state = statesBelow(machine.root).find((candidate) => nameOf(candidate) === child.id)!;
    const [x, y] = [left + child.x!, top + child.y!];
    const around = nameOf(state.parent!);
    const self: StateBox = {
      name: child.id,
      label: state.key,
      description: state.description ?? '',
      ...(around === '' ? {} : { inside: around }),
      isFrame: isFrame(state),
      isFinal: state.type === 'final',
      isInitial: state === leafOf(machine.root),
      x: round(x),
      y: round(y),
      width: round(child.width!),
      height: round(child.height!),
    };
    return [self, ...placed(machine, child, x, y)];
  });
}

function lineOf(edge: Edge, drawn: NonNullable<ElkNode['edges']>[number]): EdgeLine {
  const [section] = drawn.sections!;
  const points = [section!.startPoint, ...(section!.bendPoints ?? []), section!.endPoint];
  const label = drawn.labels?.[0];
  return {
    ...edge,
    points: points.map(({ x, y }) => [round(x), round(y)]),
    ...(label === undefined
      ? {}
      : { label: { x: round(label.x!), y: round(label.y!), width: round(label.width!), lines: linesOf(edge) } }),
  };
}

/**
 * What can lead from each state without states of its own to another one, asked in the order in which the chart is: the state
 * itself, then the states around it, no further than the first transition without a guard. What a target leaves by itself at once
 * (`always`) counts as reached as well.
 */
function edgesOf(root: Node): readonly Edge[] {
  const edges = new Map<string, { from: string; to: string; events: Edge['events'][number][] }>();
  const add = (from: Node, target: Node, event: string, guard: string | undefined): void => {
    const to = leafOf(target);
    if (to === from) return;
    const key = `${nameOf(from)} ${nameOf(to)}`;
    const edge = edges.get(key) ?? { from: nameOf(from), to: nameOf(to), events: [] };
    const isKnown = edge.events.some((known) => known.event === event && known.guard === guard);
    if (!isKnown) edge.events.push(guard === undefined ? { event } : { event, guard });
    edges.set(key, edge);
    if (event === 'always') return;
    for (const next of to.always ?? []) {
      for (const further of next.target ?? []) add(from, further, event, guardOf(next));
    }
  };
  for (const leaf of statesBelow(root).filter((state) => !isFrame(state) && state.type !== 'final')) {
    const chain = [leaf, ...aroundOf(leaf)];
    for (const event of new Set(chain.flatMap((state) => transitionsOf(state).map(([name]) => name)))) {
      const asked = chain.flatMap((state) => transitionsOf(state).filter(([name]) => name === event));
      const last = asked.findIndex(([, transition]) => transition.guard === undefined);
      for (const [, transition] of last < 0 ? asked : asked.slice(0, last + 1)) {
        for (const target of transition.target ?? []) add(leaf, target, event, guardOf(transition));
      }
    }
  }
  return [...edges.values()];
}

type Transition = NonNullable<Node['always']>[number];

function transitionsOf(state: Node): readonly (readonly [event: string, Transition])[] {
  const all: readonly Transition[] = [...(state.always ?? []), ...[...state.transitions.values()].flat()];
  return all.map((transition) => [eventOf(transition.eventType), transition]);
}

function eventOf(type: string): string {
  return type === '' ? 'always' : type.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1');
}

function guardOf(transition: Transition): string | undefined {
  return typeof transition.guard === 'string' ? transition.guard : undefined;
}

/** Where entering a state ends. */
function leafOf(state: Node): Node {
  const initial = isFrame(state) ? state.initial.target?.[0] : undefined;
  return initial === undefined ? state : leafOf(initial);
}

function aroundOf(state: Node): readonly Node[] {
  return state.parent === undefined ? [] : [state.parent, ...aroundOf(state.parent)];
}

function statesIn(parent: Node): readonly Node[] {
  return Object.values(parent.states);
}

function statesBelow(parent: Node): readonly Node[] {
  return statesIn(parent).flatMap((state) => [state, ...statesBelow(state)]);
}

function isFrame(state: Node): boolean {
  return statesIn(state).length > 0;
}

function nameOf(state: Node): string {
  return state.path.join('.');
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}
