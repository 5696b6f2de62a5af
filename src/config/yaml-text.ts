/** The text of a configuration file, and the mistakes that it may have: each with its line and column. */

import { PlacedYaml, type Place, type YamlPath } from '../placed-yaml.ts';

export type { Place } from '../placed-yaml.ts';

export interface Mistake extends Place {
  /** One sentence: what is wrong, and where it helps, what to write instead. Never with a secret in it. */
  readonly message: string;
}

export interface YamlText {
  readonly value: unknown;
  /** Where what the path leads to stands, with its key where it has one; or the nearest thing around it that is there. */
  placeOf(path: YamlPath, what?: 'key' | 'value'): Place;
}

export function readYaml(text: string): YamlText | { readonly mistakes: readonly Mistake[] } {
  const yaml = new PlacedYaml(text);
  if (yaml.faults.length > 0) {
    return { mistakes: yaml.faults.map((fault) => ({ ...fault, message: sentence(fault.message) })) };
  }
  return {
    value: yaml.value,
    placeOf: (path, what = 'value') => yaml.placeOf(path, what) ?? { line: 1, column: 1 },
  };
}

function sentence(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/\.$/, '');
}
