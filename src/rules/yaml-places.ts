/** The text of a rule file, and how mistakes in it are told: where they stand, what they are about, and in a sentence. */

import { PlacedYaml, type Place, type YamlPath } from '../placed-yaml.ts';

/** A mistake in a file. */
export interface Problem extends Place {
  /** What it is about, as a path: `rules[0].when`; empty for the whole file. */
  readonly where: string;
  readonly message: string;
}

/** As compilers say it. */
export function problemText(file: string, { line, column, where, message }: Problem): string {
  return `${file}:${line}:${column}: ${where === '' ? '' : `${where}: `}${message}`;
}

/** A key that means something else to JavaScript than to everybody else. */
const hostileKey = '__proto__';

export class RuleYaml {
  readonly value: unknown;
  /** What is wrong with the text itself; then there is no value. */
  readonly problems: readonly Problem[];
  readonly #yaml: PlacedYaml;

  constructor(text: string) {
    this.#yaml = new PlacedYaml(text);
    const { faults } = this.#yaml;
    this.problems =
      faults.length > 0
        ? faults.map((fault) => ({ ...fault, where: '', message: sentence(fault.message) }))
        : this.#yaml
            .placesOfKey(hostileKey)
            .map((place) => ({ ...place, where: '', message: `The key '${hostileKey}' is not taken.` }));
    this.value = this.problems.length === 0 ? this.#yaml.value : undefined;
  }

  /** A problem with what the path leads to, or with the nearest thing around it that is there. */
  problemAt(path: YamlPath, message: string): Problem {
    return { ...(this.#yaml.placeOf(path, 'key') ?? this.#yaml.start), where: pathText(path), message };
  }

  /** A problem within the text of a value, at an offset of that text. */
  problemWithin(path: YamlPath, offset: number, message: string): Problem {
    return { ...this.problemAt(path, message), ...this.#yaml.placeWithin(path, offset) };
  }
}

function pathText(path: YamlPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
