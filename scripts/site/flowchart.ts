/**
 * Draws the little part of Mermaid's flow charts that our guides use: boxes from left to right, `a[text]`, and arrows with words on them,
 * `a -- words --> b`. What it does not know is an error, so that no picture is silently another one.
 */

import { createRequire } from 'node:module';
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js';
import { arrowAt, pathAlong } from '../../src/inspector/layouts/edge-path.ts';
import { escaped } from './escaped.ts';

const Elk = createRequire(import.meta.url)('elkjs/lib/elk.bundled.js') as new () => ELK;

/** Of the drawing's units: letters have a fixed width there. */
const letterWidth = 7;
const boxHeight = 40;
const lineWidthMax = 26;

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly words: string;
}

/** @throws Error for what it cannot draw. */
export async function flowchartFigure(mermaid: string): Promise<string> {
  const [head = '', ...lines] = mermaid.trim().split('\n');
  if (head.trim() !== 'flowchart LR') throw new Error(`A diagram that cannot be drawn begins with '${head}'`);
  const boxes = new Map<string, string>();
  const arrows = lines.map((line) => arrowIn(line, boxes));
  const drawn: ElkNode = await new Elk().layout({
    id: '',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.randomSeed': '1',
      'elk.layered.spacing.nodeNodeBetweenLayers': '30',
    },
    children: [...boxes].map(([id, text]) => ({ id, ...sizeOf(text) })),
    edges: arrows.map(({ from, to, words }, index) => ({
      id: String(index),
      sources: [from],
      targets: [to],
      labels: [{ text: words, width: words.length * letterWidth, height: 14 }],
    })),
  });
  const title = [...boxes.values()].join(', ');
  const width = Math.ceil(drawn.width!);
  return [
    `<div class="chart-figure"><svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${width} ${Math.ceil(drawn.height!)}" style="max-width: ${width}px">`,
    ...(drawn.edges ?? []).map(({ sections, labels }) => {
      const [section] = sections!;
      const points = [section!.startPoint, ...(section!.bendPoints ?? []), section!.endPoint].map(
        ({ x, y }) => [x, y] as const,
      );
      const words = labels?.[0];
      return `<g class="edge"><path d="${pathAlong(points)}"/><polygon points="${arrowAt(points)}"/><text x="${words?.x ?? 0}" y="${(words?.y ?? 0) + 11}">${escaped(words?.text ?? '')}</text></g>`;
    }),
    ...(drawn.children ?? []).map((box) => boxSvg(box, boxes.get(box.id)!)),
    '</svg></div>',
  ].join('');
}

function arrowIn(line: string, boxes: Map<string, string>): Arrow {
  const end = String.raw`(\w+)(?:\[([^\]]+)\])?`;
  const [all, from, fromText, words, to, toText] =
    new RegExp(String.raw`^\s*${end} -- (.+) --> ${end}\s*$`).exec(line) ?? [];
  if (all === undefined) throw new Error(`A line of a diagram that cannot be drawn: '${line}'`);
  for (const [id, text] of [
    [from!, fromText],
    [to!, toText],
  ] as const) {
    if (text !== undefined || !boxes.has(id)) boxes.set(id, text ?? id);
  }
  return { from: from!, to: to!, words: words! };
}

function linesOf(text: string): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + word.length < lineWidthMax) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function sizeOf(text: string): { readonly width: number; readonly height: number } {
  const lines = linesOf(text);
  return {
    width: Math.max(...lines.map(({ length }) => length)) * letterWidth + 20,
    height: boxHeight + (lines.length - 1) * 15,
  };
}

function boxSvg({ x = 0, y = 0, width = 0, height = 0 }: ElkNode, text: string): string {
  const lines = linesOf(text).map(
    (line, row) => `<tspan x="${x + 10}" y="${y + 25 + row * 15}">${escaped(line)}</tspan>`,
  );
  return `<g class="state"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/><text>${lines.join('')}</text></g>`;
}
