/**
 * A YAML text with the places of everything in it, so that every mistake can be shown where it stands. Knows nothing of what
 * the text is about.
 */

import { LineCounter, type Node, isAlias, isMap, isNode, isScalar, parseDocument, visit } from 'yaml';
import { messageOf } from '../reasons.ts';

/** A mistake in a file. Lines and columns count from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** What it is about, as a path: `rules[0].when`; empty for the whole file. */
  readonly where: string;
  readonly message: string;
}

/** As compilers say it. */
export function problemText(file: string, { line, column, where, message }: Problem): string {
  return `${file}:${line}:${column}: ${where === '' ? '' : `${where}: `}${message}`;
}

const aliasesMax = 100;

export class PlacedYaml {
  readonly value: unknown;
  /** What is wrong with the text itself; then there is no value. */
  readonly problems: readonly Problem[];
  readonly #document: ReturnType<typeof parseDocument>;
  readonly #lines = new LineCounter();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const { errors } = this.#document;
    const problems = errors.map(({ pos, message }) => this.#problem(pos[0], '', sentence(message)));
    if (problems.length === 0) problems.push(...this.#hostile());
    this.value = undefined;
    if (problems.length === 0) {
      try {
        this.value = this.#document.toJS({ maxAliasCount: aliasesMax });
      } catch (error) {
        problems.push(this.#problem(0, '', sentence(messageOf(error))));
      }
    }
    this.problems = problems;
  }

  /** A problem with what the path leads to, or with the nearest thing around it that is there. */
  problemAt(path: readonly PropertyKey[], message: string): Problem {
    return this.#problem(this.#offsetOf(path), pathText(path), message);
  }

  /** A problem within the text of a value, at an offset of that text. */
  problemWithin(path: readonly PropertyKey[], offset: number, message: string): Problem {
    const node: unknown = this.#document.getIn(path, true);
    const start = isNode(node) ? this.#offsetWithin(node, offset) : undefined;
    return this.#problem(start ?? this.#offsetOf(path), pathText(path), message);
  }

  /** Keys that mean something else to JavaScript than to everybody else. */
  #hostile(): Problem[] {
    const problems: Problem[] = [];
    visit(this.#document, {
      Pair: (_, { key }) => {
        if (isScalar(key) && key.value === '__proto__') {
          problems.push(this.#problem(key.range?.[0] ?? 0, '', `The key '__proto__' is not taken.`));
        }
      },
    });
    return problems;
  }

  #offsetOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length--) {
      const around: unknown = this.#document.getIn(path.slice(0, length - 1), true);
      const key = isMap(around) ? around.items.find((pair) => String(pair.key) === path[length - 1])?.key : undefined;
      const node: unknown = key ?? this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range != null) return node.range[0];
    }
    return this.#document.contents?.range?.[0] ?? 0;
  }

  /** Where a character of the value stands in the file, where the two can be laid side by side. */
  #offsetWithin(node: Node, offset: number): number | undefined {
    if (isAlias(node) || !isScalar(node) || typeof node.value !== 'string' || node.range == null) return undefined;
    const [start, end] = node.range;
    const raw = this.#text.slice(start, end);
    if (raw.startsWith(node.value)) return start + offset;
    if (raw.slice(1).startsWith(node.value)) return start + 1 + offset;
    if (!raw.startsWith('|')) return undefined;
    const before = node.value.slice(0, offset).split('\n');
    const lines = raw.split('\n');
    const indent = /^ */.exec(lines[1] ?? '')?.[0].length ?? 0;
    const skipped = lines.slice(0, before.length).reduce((sum, line) => sum + line.length + 1, 0);
    return start + skipped + indent + (before.at(-1)?.length ?? 0);
  }

  #problem(offset: number, where: string, message: string): Problem {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), where, message };
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
