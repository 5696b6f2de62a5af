/**
 * Reads a YAML (or JSON) text and knows where everything in it stands, so that a mistake can be shown where it was made. Knows neither what
 * the text is about nor how mistakes are told.
 */

import { LineCounter, type Node, isAlias, isMap, isNode, isScalar, parseDocument, visit } from 'yaml';

import { messageOf } from './reasons.ts';

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Why there is no value, in the words of the parser. */
export interface YamlFault extends Place {
  readonly message: string;
}

export type YamlPath = readonly PropertyKey[];

/** Aliases that stand for more than this together are a bomb and no configuration. */
const aliasesMax = 100;

export class PlacedYaml {
  /** Undefined where there are faults. */
  readonly value: unknown;
  readonly faults: readonly YamlFault[];
  readonly #document: ReturnType<typeof parseDocument>;
  readonly #lines = new LineCounter();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: true,
      logLevel: 'error',
    });
    const { errors } = this.#document;
    this.faults = errors.map(({ pos, message }) => ({ ...this.#placeAt(pos[0]), message }));
    if (errors.length > 0) return;
    try {
      this.value = this.#document.toJS({ maxAliasCount: aliasesMax });
    } catch (error) {
      this.faults = [{ ...this.#placeAt(0), message: messageOf(error) }];
    }
  }

  /** Where the text begins to say something. */
  get start(): Place {
    return this.#placeAt(this.#document.contents?.range?.[0] ?? 0);
  }

  /**
   * Where what the path leads to stands, or the nearest thing around it that is there; undefined where that is the whole text. What
   * has a key stands at its key, unless its value is asked for.
   */
  placeOf(path: YamlPath, what: 'key' | 'value'): Place | undefined {
    for (let length = path.length; length > 0; length--) {
      const node = this.#nodeAt(path.slice(0, length));
      const around = this.#nodeAt(path.slice(0, length - 1));
      const key = isMap(around)
        ? around.items.find((pair) => String(pair.key) === String(path[length - 1]))?.key
        : undefined;
      const isValueMeant = what === 'value' && length === path.length;
      const found = isNode(key) && !(isValueMeant && isNode(node)) ? key : node;
      if (isNode(found)) return this.#placeAt(found.range?.[0] ?? 0);
    }
    return undefined;
  }

  /** Where a character of a text that is a value stands; undefined where the two cannot be laid side by side. */
  placeWithin(path: YamlPath, offset: number): Place | undefined {
    const node = this.#nodeAt(path);
    const found = isNode(node) ? this.#offsetWithin(node, offset) : undefined;
    return found === undefined ? undefined : this.#placeAt(found);
  }

  /** Where keys of this name stand, wherever they are. */
  placesOfKey(name: string): readonly Place[] {
    const places: Place[] = [];
    visit(this.#document, {
      Pair: (_, { key }) => {
        if (isScalar(key) && key.value === name) places.push(this.#placeAt(key.range?.[0] ?? 0));
      },
    });
    return places;
  }

  #nodeAt(path: YamlPath): unknown {
    return path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
  }

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

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}
