/** Reads a YAML (or JSON) text so that whatever is wrong with it, or with what it says, can be told with its line and column. */

import { LineCounter, type Node, isMap, isNode, parseDocument } from 'yaml';
import { messageOf } from '../reasons.ts';

export interface Place {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Mistake extends Place {
  /** One sentence: what is wrong, and where it helps, what to write instead. Never with a secret in it. */
  readonly message: string;
}

export interface YamlText {
  readonly value: unknown;
  /** Where what the path leads to stands, with its key where it has one; or the nearest thing around it that is there. */
  placeOf(path: readonly PropertyKey[], what?: 'key' | 'value'): Place;
}

/** Aliases that stand for more than this together are a bomb and no configuration. */
const aliasesMax = 100;

export function readYaml(text: string): YamlText | { readonly mistakes: readonly Mistake[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    return {
      mistakes: document.errors.map(({ pos, message }) => ({ ...placeAt(pos[0]), message: sentence(message) })),
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: aliasesMax });
  } catch (error) {
    return {
      mistakes: [{ line: 1, column: 1, message: sentence(messageOf(error)) }],
    };
  }
  const placeOfNode = (node: Node): Place => placeAt(node.range?.[0] ?? 0);
  return {
    value,
    placeOf: (path, what = 'value') => {
      for (let length = path.length; length > 0; length--) {
        const around: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
        const pair = isMap(around)
          ? around.items.find(({ key }) => String(key) === String(path[length - 1]))
          : undefined;
        const node: unknown = document.getIn(path.slice(0, length), true);
        const key: unknown = pair?.key;
        const isWhole = length === path.length;
        if (isNode(key) && (what === 'key' || !isWhole || !isNode(node))) return placeOfNode(key);
        if (isNode(node)) return placeOfNode(node);
      }
      return { line: 1, column: 1 };
    },
  };
}

function sentence(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/\.$/, '');
}
