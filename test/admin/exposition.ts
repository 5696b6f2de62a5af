/**
 * Reads the text that Prometheus scrapes, strictly: whatever is not as the format says it is an error.
 * https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
 */

export interface Line {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly series: readonly string[];
}

const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/** Every family by its name. Series stand under the family that was named last, each once. */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end');
  const families = new Map<string, Family>();
  let help: readonly [string, string] | undefined;
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP') help = [name, rest];
    else if (word === 'TYPE') {
      if (help?.[0] !== name) throw new Error(`${name} has no help before its type`);
      if (families.has(name)) throw new Error(`${name} is there twice`);
      if (!/^(?:counter|gauge|histogram)$/.test(rest)) throw new Error(`${name} is a ${rest}`);
      families.set(name, { type: rest, help: help[1], series: [] });
      current = name;
    } else {
      const [, series = ''] = sample.exec(line) ?? [];
      const family = families.get(current);
      const ending = series.slice(current.length);
      const isOfFamily = family?.type === 'histogram' ? /^_(?:bucket|sum|count)$/.test(ending) : ending === '';
      if (family === undefined || !series.startsWith(current) || !isOfFamily) throw new Error(`Out of place: ${line}`);
      const key = line.slice(0, line.lastIndexOf(' '));
      if (family.series.includes(key)) throw new Error(`Twice: ${key}`);
      lineOf(line);
      families.set(current, { ...family, series: [...family.series, key] });
    }
  }
  return families;
}

/** The lines of one series name. */
export function linesOf(text: string, name: string): readonly Line[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map(lineOf);
}

function lineOf(line: string): Line {
  const [, , inBraces = '', number = ''] = sample.exec(line) ?? [];
  const labels: Record<string, string> = {};
  const rest = inBraces.replaceAll(
    /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)",?/g,
    (_all, label: string, value: string) => {
      if (label in labels) throw new Error(`${label} is there twice: ${line}`);
      labels[label] = value;
      return '';
    },
  );
  const value = number === '+Inf' ? Infinity : Number(number);
  if (rest !== '' || number === '' || Number.isNaN(value)) throw new Error(`No series: ${line}`);
  return { labels, value };
}
